@enterprise @id-manager
Feature: Moving in with years of records
  An enterprise customer arrives with years of records under plain UUIDs. Losing one of them, or giving one two names,
  loses the customer.

  Business value:
    Segment: Enterprise
    Goal: Conversion
    Impact: A company brings all its records along, each under one name for good, and nothing is lost on the way
    Revenue: enterprise

  @ID-07
  Rule: Moving from plain UUIDs loses nobody

    @unit @hard
    Scenario: 200,000 old UUIDs keep one name each, and lead back exactly
      When 200,000 old UUIDs are converted
      Then each leads back to exactly the UUID it came from
      And no two records got the same name

    @unit
    Scenario Outline: An old UUID gets the same name on any instance and any day: <case>
      When the old name "<uuid>" of a thread is converted
      Then it becomes "<name>"

      Examples:
        | case                  | uuid                                 | name                              |
        | published example     | 01890a5d-ac96-774b-bcce-b302099a8057 | thread_01h455vb4pex5vsknk084sn02q |
        | random                | 9f1c2c3a-1b2d-4c3e-8f90-abcdefabcdef | thread_4z3gp3m6sd9gz8z45bsqqtqkff |
        | oldest version        | 00000000-0000-1000-8000-000000000000 | thread_00000000002008000000000000 |
        | newest version        | ffffffff-ffff-8fff-bfff-ffffffffffff | thread_7zzzzzzzzzhzzvzzzzzzzzzzzz |

    @unit
    Scenario Outline: Both spellings of a proper UUID become the same name: <case>
      When <what> is converted as the old name of a thread
      Then it becomes "thread_01h455vb4pex5vsknk084sn02q"

      Examples:
        | case       | what                |
        | lower case | a UUID with hyphens |
        | capitals   | a UUID in capitals  |

    @unit @hard
    Scenario Outline: Only proper UUIDs are converted, the rest is refused with its reason: <case>
      When <what> is converted as the old name of a thread
      Then it is not converted, for the reason "<reason>" about "legacy"

      Examples:
        | case                | what                                   | reason              |
        | braced              | a UUID in braces                       | id_legacy_malformed |
        | URN                 | a UUID as a URN                        | id_legacy_malformed |
        | no hyphens          | a UUID without hyphens                 | id_legacy_malformed |
        | one digit short     | a UUID one digit short                 | id_legacy_malformed |
        | trailing line break | a UUID with a line break at the end    | id_legacy_malformed |
        | blank in front      | a UUID with a blank in front           | id_legacy_malformed |
        | empty               | empty text                             | id_legacy_malformed |
        | all zeros           | a UUID of all zeros                    | id_reserved         |
        | all ones            | a UUID of all ones                     | id_reserved         |
        | all ones, capitals  | a UUID of all ones in capitals         | id_reserved         |
        | text behind zeros   | a UUID of all zeros with text behind   | id_legacy_malformed |
        | text before zeros   | a UUID of all zeros with text in front | id_legacy_malformed |
        | version 0           | a UUID of version 0                    | id_legacy_malformed |
        | version 9           | a UUID of version 9                    | id_legacy_malformed |
        | another variant     | a UUID of another variant              | id_legacy_malformed |

    @unit
    Scenario: A converted random UUID is accepted everywhere and never taken to carry a time
      Given a record came under a random UUID and was converted
      When it is looked at
      Then it is known as converted, without a moment
      And it passes every gate for its kind
