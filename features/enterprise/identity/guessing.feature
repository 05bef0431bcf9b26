@enterprise @auth
Feature: Guessing does not pay
  Whoever wants to get in without a right tries passwords, tokens and keys by the thousand. That must lead nowhere, and must never
  lock out, or keep waiting, the people who belong here.

  Business value:
    Segment: Enterprise
    Goal: Risk reduction
    Impact: Nobody guesses their way in, and nobody is kept out because somebody else has tried
    Revenue: enterprise

  @AU-05
  Rule: Guessing is expensive and every refusal sounds the same

    @e2e @hard
    Scenario Outline: Nobody learns which e-mails are known: <case>
      Given Dana from Acme is registered
      When somebody tries to sign in with <attempt>
      Then they are told "The e-mail or the password is not right." and get no token

      Examples:
        | case           | attempt                              |
        | wrong password | Dana's e-mail and a wrong password   |
        | unknown e-mail | an e-mail that nobody has registered |

    @e2e @hard
    Scenario: Guessing a password locks nobody else out
      Given Dana from Acme is registered
      When somebody guesses her password 20 times at once
      Then 5 were told "The e-mail or the password is not right."
      And 15 were told to wait for 15 minutes
      And Dana can still sign in

    @e2e @operations @hard
    Scenario: Guesses count on all instances together
      Given Dana from Acme is registered
      And an instance of the platform is serving
      When somebody guesses her password 40 times at once, there and elsewhere
      Then 5 were told "The e-mail or the password is not right."
      And 35 were told to wait for 15 minutes

    @e2e @operations @hard
    Scenario: An instance that cannot reach Redis limits guesses by itself
      Given Dana from Acme is registered
      And an instance of the platform is serving that can be cut off from Redis
      And Redis has become unreachable
      When somebody guesses her password 20 times at once there
      Then 5 were told "The e-mail or the password is not right."
      And 15 were told to wait for 15 minutes

    @e2e @hard
    Scenario: Whoever tries one password on many people from one network is stopped after 30
      When somebody tries one password on 40 people
      Then 30 were told "The e-mail or the password is not right."
      And 10 were told to wait for 1 minute

    @e2e @hard
    Scenario Outline: A valid sign-in is let in, whatever was tried from the same network: <case>
      Given Dana from Acme has signed in on a laptop
      And somebody in her network has tried 40 <things>
      When her laptop renews its sign-in
      Then <refused> were told to wait for 1 minute
      And her laptop goes on
      And Dana can still sign in

      Examples:
        | case        | things        | refused |
        | tokens      | forged tokens | 30      |
        | renewals    | junk renewals | 10      |
        | passwords   | people        | 10      |

    @e2e @hard
    Scenario: Whoever has signed in from her network before does not wait behind sixty strangers who sign in at once
      Given Dana from Acme has signed in on a laptop
      And 60 strangers, each from a network of their own, are signing in
      When she signs in on a phone among them
      Then fewer than 15 of them were judged before her

    @e2e @hard
    Scenario: Whoever tries operators' keys is stopped after ten
      When somebody tries 50 operators' keys at once
      Then 10 were told "This needs the credential of an operator of the platform."
      And 40 were told to wait for 1 minute
      And an operator with the right key is let in from the guesser's network

    @e2e
    Scenario: A new password ends every other device
      Given Dana from Acme has signed in on a laptop and a phone
      When she changes her password on her laptop
      Then within 2 seconds calls, renewal and live connection of her phone end because the sign-in has ended
      And her laptop goes on
      And Dana can still sign in

    @e2e @hard
    Scenario: Whoever finds an open laptop cannot make its password theirs
      Given Dana from Acme has signed in on a laptop
      When somebody guesses her present password on her laptop 7 times
      Then they are told 5 times that the password is wrong, and 2 times that too many tries have failed
      And her laptop goes on

    @e2e
    Scenario: A password that an administrator has set ends all devices, and only it works
      Given Ada from Acme has signed in
      And Dana from Acme has signed in on a laptop
      When Ada gives Dana a new password
      Then within 2 seconds calls, renewal and live connection of Dana's laptop end because the sign-in has ended
      And Dana can still sign in
      And Dana's former password lets nobody in

    @e2e @hard
    Scenario Outline: A password that is easy to guess is refused, and the old one goes on: <case>
      Given Dana from Acme has signed in on a laptop
      When she changes her password on her laptop to "<password>"
      Then that is refused: "<reason>"
      And Dana can still sign in

      Examples:
        | case          | password      | reason                                                                                                   |
        | common        | qwerty123456  | The password is one of the most common ones, which are guessed first. Choose another one.                |
        | company names | Acme-Dana-123 | The password is hardly more than names that belong to you, your company or this product. Add to it.      |
