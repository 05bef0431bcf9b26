@enterprise @auth
Feature: One's own account
  The first to notice a stranger in an account is its owner, if they are shown what happens there. A security review asks that
  everybody sees where they are signed in, ends what they do not know, and reads what was tried.

  Business value:
    Segment: Enterprise
    Goal: Risk reduction
    Impact: A lost device or a stolen password is noticed by its owner, and is worth nothing a moment later
    Revenue: enterprise

  @AU-16
  Rule: People see where they are signed in and what happened to their account, and end what is not theirs

    @e2e
    Scenario: Dana sees her lost phone in the list of her devices, and signs it out
      Given Dana from Acme has signed in on a laptop and a phone
      When she looks at her devices on her laptop, and signs out her phone there
      Then she was shown the devices "this one, Firefox on Linux" and "Safari on iOS"
      And within 2 seconds calls, renewal and live connection of her phone end because the sign-in has ended
      And her laptop goes on

    @e2e
    Scenario: All other devices are signed out at once
      Given Dana from Acme has signed in on a laptop and a phone
      When she signs out all other devices on her laptop
      Then within 2 seconds calls, renewal and live connection of her phone end because the sign-in has ended
      And her laptop goes on

    @e2e @operations @hard
    Scenario: A device that was signed out is out on every instance, even while instances cannot hear of each other
      Given an instance of the platform is serving that can be cut off from Redis
      And Dana from Acme has signed in on a laptop, and on a phone there
      And Redis has become unreachable
      When she signs out all other devices on her laptop
      Then within 2 seconds calls, renewal and live connection of her phone end because the sign-in has ended

    @e2e
    Scenario Outline: People are told what happened to their account: <case>
      Given Olga from Acme has signed in
      And Dana from Acme has signed in on a laptop
      When <event>
      Then the newest that Dana's account tells her on her laptop is "<what>", by <who>

      Examples:
        | case           | event                                         | what                          | who         |
        | a guess        | somebody guesses her password 1 time at once  | a sign-in was refused         | nobody      |
        | locked         | somebody guesses her password 9 times at once | too many passwords were wrong | nobody      |
        | another device | Dana signs in on a phone                      | signed in on Safari on iOS    | you         |
        | a role         | Olga makes Dana administrator                 | the role was changed          | a colleague |

    @e2e @hard
    Scenario: Nobody reads what happened to a colleague
      Given Dana from Acme has signed in on a laptop
      And Olga from Acme has signed in on a laptop
      When somebody guesses her password 1 time at once
      Then the newest that Olga's account tells her on her laptop is "a sign-in was refused", by nobody
      And the newest that Dana's account tells her on Dana's laptop is "signed in on Firefox on Linux", by you

    @e2e
    Scenario: On the page of her account Dana ends what she does not know, and nothing is a barrier
      Given Dana from Acme has signed in on a phone
      And she has opened the page of her account
      When she signs out "Safari on iOS" there
      Then within 2 seconds calls, renewal and live connection of her phone end because the sign-in has ended
      And the page says that "A device was signed out"
      And nothing on it is a serious barrier to anybody

    @e2e
    Scenario: The page leads whoever needs a second factor through setting it up
      Given Acme asks everybody for a second factor
      When Dana from Acme signs in on the page, and sets up the second factor that it asks for
      Then she is shown 10 backup codes
      And nothing on it is a serious barrier to anybody
      And nothing is cut off on a phone
      And the chat is open to her
