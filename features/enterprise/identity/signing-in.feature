@enterprise @auth
Feature: Signing in
  An enterprise customer buys the certainty that only its own people get in, each with exactly their rights. Whoever is
  let in wrongly sees another company's business.

  Business value:
    Segment: Enterprise
    Goal: Risk reduction
    Impact: Only a proven person gets in, with the rights of their own company and no others
    Revenue: enterprise

  @AU-01
  Rule: A token is believed only if it proves itself

    @e2e
    Scenario: Dana signs in and is known, with her company and her rights, to calls and live connection alike
      Given Dana from Acme is registered
      When she signs in
      Then calls know her as Dana of Acme, on the enterprise plan, who may use the chat
      And a live connection knows her too

    @e2e @hard
    Scenario Outline: A forged token opens neither door and every refusal reads the same: <case>
      Given Dana from Acme has signed in
      When somebody shows <token> in Dana's name
      Then calls refuse it as "token_invalid"
      And the live connection refuses it as "token_invalid"

      Examples:
        | case            | token                                     |
        | unsigned        | a token without a signature               |
        | stranger's key  | a token signed with a key of their own    |
        | altered content | Dana's token with another company in it   |
        | cut signature   | Dana's token with its signature cut short |
        | nonsense        | words that are no token at all            |

    @integration @hard
    Scenario Outline: A genuine token counts only in its own time and at its own door: <case>
      Given Dana from Acme has been given a token <token>
      When it is shown to the platform
      Then the answer is "<answer>"

      Examples:
        | case                | token                                 | answer        |
        | in its last second  | that is 14 minutes and 59 seconds old | believed      |
        | at its end          | that is 15 minutes old                | token_expired |
        | clocks that differ  | dated 60 seconds ahead                | believed      |
        | dated in the future | dated 61 seconds ahead                | token_invalid |
        | another audience    | made for another product              | token_invalid |
        | another issuer      | of another deployment                 | token_invalid |
        | too long a life     | made to last 16 minutes               | token_invalid |

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
    Scenario Outline: What works is let in, whatever was tried from its network: <case>
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
    Scenario: Sixty strangers who sign in at once keep nobody waiting who signs in where she is known
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
      Then within 2 seconds calls and renewal of her phone are refused as "session_ended"
      And within 2 seconds the live connection of her phone is closed
      And her laptop goes on
      And Dana can still sign in

    @e2e @hard
    Scenario: Whoever finds an open laptop cannot make its password theirs
      Given Dana from Acme has signed in on a laptop
      When somebody guesses her present password on her laptop 7 times
      Then they are told 5 times "invalid_credentials" and 2 times "rate_limited"
      And her laptop goes on

    @e2e
    Scenario: A password that an administrator has set ends all devices, and only it works
      Given Ada from Acme has signed in
      And Dana from Acme has signed in on a laptop
      When Ada gives Dana a new password
      Then within 2 seconds calls and renewal of Dana's laptop are refused as "session_ended"
      And within 2 seconds the live connection of Dana's laptop is closed
      And Dana can still sign in
