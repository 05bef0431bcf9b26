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
