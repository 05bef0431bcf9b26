@enterprise @auth
Feature: No way around the sign-in
  Attackers do not pick the lock of the front door. They look for what was left open for tests or for operators, and for
  passwords in places that many people can read, such as logs.

  Business value:
    Segment: Enterprise
    Goal: Risk reduction
    Impact: There is one way in, and nothing that is written down anywhere opens it
    Revenue: enterprise

  @AU-07
  Rule: Nothing but a sign-in lets anybody in, and no log holds what would

    @e2e @hard
    Scenario Outline: A shortcut signs nobody in: <case>
      Given Dana from Acme has signed in
      When somebody comes in Dana's name with <shortcut>
      Then they are taken for nobody, and learn nothing

      Examples:
        | case                  | shortcut                            |
        | name in a header      | a header that names her             |
        | token in the address  | her token in the address            |
        | token in a cookie     | her token in a cookie               |
        | magic word            | the token "test"                    |
        | key of another office | the key of the platform's operators |

    @e2e @hard
    Scenario: Where customers come in, an operator's key opens nothing of what operators do
      When somebody shows an operator's key where customers come in
      Then they find nothing of what operators do there

    @e2e @operations @hard
    Scenario: No password and no token stands in the log of an instance
      Given an instance of the platform is serving that logs as much as it can
      When Dana from Acme signs in there, mistypes her password, renews her sign-in and signs out
      Then the log of the instance holds neither her passwords nor her tokens
