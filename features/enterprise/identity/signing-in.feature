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
      Then she is known as Dana of Acme, on the enterprise plan, who may use the chat
      And a live connection knows her too

    @e2e @hard
    Scenario Outline: A forged token opens neither door and every refusal reads the same: <case>
      Given Dana from Acme has signed in
      When somebody shows <token> in Dana's name
      Then calls refuse it because the token is not valid
      And the live connection refuses it because the token is not valid

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
      Then that is <answer>

      Examples:
        | case                | token                                 | answer                                 |
        | in its last second  | that is 14 minutes and 59 seconds old | believed                               |
        | at its end          | that is 15 minutes old                | refused because the token has expired  |
        | clocks that differ  | dated 60 seconds ahead                | believed                               |
        | dated in the future | dated 61 seconds ahead                | refused because the token is not valid |
        | another audience    | made for another product              | refused because the token is not valid |
        | another issuer      | of another deployment                 | refused because the token is not valid |
        | too long a life     | made to last 16 minutes               | refused because the token is not valid |
