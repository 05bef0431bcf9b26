@enterprise @configuration-manager
Feature: A safe start
  The security review of an enterprise customer asks what happens when somebody forgets a password of a template. It
  passes where the platform then stays closed: a secret that can be guessed opens every customer's data.

  Business value:
    Segment: Enterprise
    Goal: Risk reduction
    Impact: A deployment with a secret that can be guessed never serves anybody
    Revenue: enterprise

  @CF-04
  Rule: Staging and production refuse to open misconfigured

    @e2e @operations @hard
    Scenario Outline: The platform does not start in production with an unsafe secret: <case>
      Given everything is safely set for production, except that <variable> is "<written>"
      When an operator starts the platform
      Then it ends with exit status 78 before it serves anybody
      And the operator is told "<variable> <problem>", and no secret is shown

      Examples:
        | case                   | variable     | written                                        | problem                                 |
        | one character repeated | OPERATOR_KEYS | ines:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa   | is one character repeated               |
        | counted up             | MASTER_KEYS  | a:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8= | is counted up or down                   |
        | left from a template   | OPERATOR_KEYS | ines:changeme-before-the-first-customer-comes       | contains a placeholder such as changeme |
        | used twice             | OPERATOR_KEYS | ines:{MASTER_KEY}                                   | has the secret of MASTER_KEYS again     |
        | sent in plain text     | REDIS_URL    | redis://:{PASSWORD}@redis.example              | leads over the network in plain text    |

  @CF-06
  Rule: A credential cannot be shown

    @e2e @operations @hard
    Scenario: From start to stop, operators read no credential of the platform
      Given an instance of the platform is serving that logs as much as it can
      And operators have read its health, its metrics and its report
      When the instance is told to stop
      Then the instance ends cleanly within 9 seconds
      And no credential of the platform stands in what they have read, nor in its log

    @e2e @operations @hard
    Scenario: A company's credential stands on no page and in no log
      Given an instance of the platform is serving that logs as much as it can
      When Ada from Acme sets a model key there, and another one that is refused
      And operators have read its health, its metrics and its report
      Then neither key stands in the settings, in the history, in what operators have read, or in the log

    @e2e @operations @hard
    Scenario: An address that cannot be read is refused without being repeated
      Given everything is safely set for production, except that POSTGRES_URL is "db.example/{PASSWORD}"
      When an operator starts the platform
      Then it ends with exit status 78 before it serves anybody
      And the operator is told "POSTGRES_URL is no postgres: or postgresql: address", and no secret is shown
