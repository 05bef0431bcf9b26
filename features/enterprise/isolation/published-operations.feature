@enterprise @auth
Feature: Every published operation, tried by everybody else
  A security review tries each operation with somebody else's sign-in. A platform passes where the answer is always the
  same as for something that does not exist, where nothing has changed afterwards, and where no new operation can be
  published without having been tried like this.

  Business value:
    Segment: Enterprise
    Goal: Risk reduction
    Impact: Nobody gets, learns or changes anything of a company through any published operation, today's and tomorrow's
    Revenue: enterprise

  @AU-20
  Rule: Whoever is not entitled gets nothing, learns nothing and changes nothing

    @e2e @hard
    Scenario: No operation and no message is published without having been tried
      Given Ada from Acme has threads, answers, a device and settings
      When all operations and messages that are published are looked through
      Then not one is without its check

    @e2e @hard
    Scenario: Whoever is entitled is answered, so that what the others try is sound
      Given Ada from Acme has threads, answers, a device and settings
      When Ada tries every published operation on what is hers
      Then every one of at least 40 is answered

    @e2e @hard
    Scenario: Another company is answered as for what does not exist
      Given Ada from Acme has threads, answers, a device and settings
      When Leo from Birch, who administers another company, tries every published operation on what is Ada's
      Then every one of at least 40 is refused as it must be
      And everything that Acme has is as it was

    @e2e @hard
    Scenario: A colleague is answered as for what does not exist, or told which right is missing
      Given Ada from Acme has threads, answers, a device and settings
      When Ravi from Acme, a colleague without her rights, tries every published operation on what is Ada's
      Then every one of at least 40 is refused as it must be
      And everything that Acme has is as it was

    @e2e @hard
    Scenario: An administrator is told which right is missing where it is the owners' alone
      Given Ada from Acme has threads, answers, a device and settings
      When Ada, an administrator, tries every published operation that is the owners' alone
      Then every one of at least 12 is refused as it must be
      And everything that Acme has is as it was

    @e2e @hard
    Scenario Outline: A sign-in that does not count gets the same refusal everywhere: <case>
      Given Ada from Acme has threads, answers, a device and settings
      When somebody tries every published operation with <sign-in>, on what is Ada's
      Then every one of at least 40 is refused as it must be
      And everything that Acme has is as it was

      Examples:
        | case              | sign-in                           |
        | a stranger        | no sign-in                        |
        | an invention      | an invented token                 |
        | signed out        | a sign-in that was ended          |
        | former colleague  | the sign-in of a former colleague |
        | suspended company | a sign-in of a suspended company  |

    @e2e @operations @hard
    Scenario: A sign-in that has run out gets nothing any more
      Given an instance of the platform is serving
      And Ada from Acme has threads, answers, a device and settings there
      When somebody tries every published operation with a sign-in that has run out, on what is Ada's
      Then every one of at least 40 is refused as it must be
      And everything that Acme has is as it was

    @e2e @hard
    Scenario: An administrator of a customer is nobody where operators work
      Given Ada from Acme has threads, answers, a device and settings
      When Ada tries every operation of the operators
      Then every one of at least 6 is refused as it must be
      And everything that Acme has is as it was

    @e2e @hard
    Scenario Outline: On a live connection, what is somebody else's is not there: <case>
      Given Ada from Acme has threads, answers, a device and settings
      When <who> says everything there is to say about what is Ada's
      Then every one of at least 4 is refused as it must be
      And everything that Acme has is as it was

      Examples:
        | case            | who            |
        | another company | Leo from Birch |
        | a colleague     | Ravi from Acme |
