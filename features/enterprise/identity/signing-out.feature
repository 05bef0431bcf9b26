@enterprise @auth
Feature: Signing out
  A laptop left in a train, a colleague who leaves, a company whose contract ends: what was open must be closed the moment somebody
  says so, everywhere, and only for those who were meant.

  Business value:
    Segment: Enterprise
    Goal: Risk reduction
    Impact: A lost device, or a person who has left, opens nothing within two seconds
    Revenue: enterprise

  @AU-04
  Rule: Signing out holds everywhere, at once

    @e2e
    Scenario: A device that is signed out loses calls, renewal and live connection
      Given Dana from Acme has signed in on a laptop and a phone
      When she ends the sign-in of her laptop
      Then within 2 seconds calls, renewal and live connection of her laptop end because the sign-in has ended
      And her phone goes on

    @e2e @hard
    Scenario: A suspended company loses its calls, renewals and live connections, and nobody else does
      Given Dana from Acme has signed in on a laptop
      And Leo from Birch has signed in on a phone
      When the operators suspend Acme
      Then within 2 seconds calls, renewal and live connection of Dana's laptop end because the company is suspended, and it is told not to come back
      And Dana cannot sign in, and is told "The e-mail or the password is not right."
      And Leo's phone goes on

    @e2e
    Scenario: A company that is back signs in anew, and what was ended stays ended
      Given Dana from Acme has signed in on a laptop
      And the operators have suspended Acme, twice
      When the operators restore Acme, and she signs in on her phone
      Then her phone is let in
      And within 2 seconds calls and renewal of her laptop are refused because the sign-in has ended

    @e2e @hard
    Scenario: Whoever is removed from a company is out at once, on every device
      Given Dana from Acme has signed in on a laptop
      And Ravi from Acme has signed in on a phone
      When Olga from Acme removes Dana from the company
      Then within 2 seconds calls, renewal and live connection of Dana's laptop end because the sign-in has ended, and it is told not to come back
      And Dana cannot sign in, and is told "The e-mail or the password is not right."
      And Ravi's phone goes on

    @e2e @operations @hard
    Scenario: Whoever is removed is out on every instance, even while instances cannot hear of each other
      Given an instance of the platform is serving that can be cut off from Redis
      And Dana from Acme has signed in
      And Dana is let in there
      And Redis has become unreachable
      When Olga from Acme removes Dana from the company
      Then within 2 seconds calls of Dana there are refused because the sign-in has ended

    @e2e @hard
    Scenario Outline: Nobody is suspended by mistake: <case>
      Given Dana from Acme has signed in on a laptop
      When <somebody> tries to suspend and restore <company>
      Then both are refused because <reason>
      And her laptop goes on

      Examples:
        | case            | somebody                 | company                     | reason                     |
        | not an operator | an administrator of Acme | Acme                        | only operators may do that |
        | no such company | an operator              | a company that is not there | there is no such thing     |
