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
    Scenario: 100,000 old UUIDs keep one name each, and lead back exactly
      When 100,000 old UUIDs are converted
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

    @integration @hard @operations
    Scenario: An import of 20,000 records killed half-way and started again gives the same names, every link and a balanced report
      Given the import of Acme's 20,000 linked records was killed after 6 batches
      When it is started again
      Then only whole batches had been kept, and what they held is not converted again
      And each of Acme's records has the one name its UUID leads to
      And each of Acme's records is linked as it was
      And Acme's books say 20,000 seen, 20,000 converted, 0 refused and 0 orphaned

    @integration @hard
    Scenario: Two workers on the same record make one entry
      Given Acme is moving in
      When two workers bring the same 500 records of Acme at the same time
      Then together they converted 500 and found 500 already there
      And Acme's books say 500 seen, 500 converted, 0 refused and 0 orphaned

    @integration @hard
    Scenario: Acme cannot take over, by importing it, an old name that Birch already brought
      Given Birch has brought the thread "Ours"
      When Acme brings the thread "Ours" as well as its own thread "Mine"
      Then 1 is converted, 0 are already there and "Ours" is refused as "id_legacy_taken"
      And Acme's old name "Ours" leads to nothing
      And Birch's old name "Ours" leads to the name of its UUID
      And Acme's old name "Mine" leads to the name of its UUID

    @integration
    Scenario Outline: The cut-over waits until the books balance: <case>
      Given Birch has brought the thread "Birch's"
      And Acme has brought 3 linked records and <odd one>
      When Acme asks for the cut-over
      Then it is told "<answer>"
      And Acme's move is <state>

      Examples:
        | case          | odd one                       | answer                                                         | state |
        | balanced      | nothing else                  | done                                                           | over  |
        | one malformed | a malformed one               | Of 4 records 3 are converted, 1 refused and 0 orphaned.        | open  |
        | one orphan    | one whose parent is missing   | Of 4 records 4 are converted, 0 refused and 1 orphaned.        | open  |
        | one clash     | the thread "Birch's"          | Of 4 records 3 are converted, 1 refused and 0 orphaned.        | open  |

    @integration
    Scenario Outline: A record that was corrected at its source lets the books balance: <case>
      Given Acme has brought 3 linked records and <odd one>
      When Acme withdraws <odd one> and brings it corrected
      Then Acme's books say 4 seen, 4 converted, 0 refused and 0 orphaned
      And Acme may cut over

      Examples:
        | case          | odd one                     |
        | one malformed | a malformed one             |
        | one orphan    | one whose parent is missing |

    @integration
    Scenario: A record in good order cannot be withdrawn
      Given Acme has brought 3 linked records and nothing else
      When Acme withdraws the first of them
      Then nothing was withdrawn
      And Acme's books say 3 seen, 3 converted, 0 refused and 0 orphaned

    @integration
    Scenario: After the cut-over nothing more is brought
      Given Acme has brought 3 linked records and nothing else
      And Acme has cut over
      When Acme brings the thread "Late"
      Then it is told that the move is over, as "id_migration_closed"
      And Acme's old name "Late" leads to nothing
      And Acme's books say 3 seen, 3 converted, 0 refused and 0 orphaned

    @integration
    Scenario Outline: During and after the move the old name finds the record through the migration only, and new records carry new names: <case>
      Given Acme's move stands <stage> of the thread "Q3 spend"
      When the old name "Q3 spend" is looked up in every way there is
      Then the migration answers with <answer>
      And every other door refuses it as "id_bare_uuid"
      And a new thread gets a name that carries today's date

      Examples:
        | case               | stage                 | answer  |
        | before conversion  | before the conversion | nothing      |
        | after conversion   | after the conversion  | its new name |
        | after the cut-over | after the cut-over    | its new name |

    @integration
    Scenario: One record in two spellings is one record
      Given Acme is moving in
      When Acme brings the thread "Q3 spend" in lower case and in capitals
      Then 1 is converted, 1 is already there and nothing is refused
      And Acme's old name "Q3 spend" in capitals leads to the name of its UUID

    @integration @hard
    Scenario: Old names of any length and content are listed and hold up nobody
      Given Acme is moving in
      When Acme brings its thread "Mine", 2 old names of 10,000 characters that end differently, one with a zero byte and one with that byte written out
      Then 1 is converted and 4 are listed as "id_legacy_malformed", none longer than 200 characters

    @integration
    Scenario: Operators see how far a move has come, at most once a second
      Given Acme is moving in
      When Acme brings 1 record every 500 milliseconds, 6 times, and leaves
      Then operators were told of 2, 4 and 6 converted records, and at the end of 6

    @integration @hard @operations
    Scenario: Names are given and read while PostgreSQL is unreachable, and the batch it refused can be repeated
      Given Acme is moving in over a line to PostgreSQL that can be cut
      When the line is cut and Acme brings 100 records
      Then the batch is refused whole, and may be repeated
      And 10,000 names are given, read and converted all the same
      And the same batch of 100 is converted as soon as the line is back
