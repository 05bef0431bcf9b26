@enterprise @id-manager
Feature: Moving in with years of records
  An enterprise customer arrives with years of records under plain UUIDs. Losing one of them, or giving one two ids, loses
  the customer.

  Business value:
    Segment: Enterprise
    Goal: Conversion
    Impact: A company brings all its records along, each under one id for good, and nothing is lost on the way
    Revenue: enterprise

  @ID-07
  Rule: Moving from plain UUIDs loses nobody

    @integration
    Scenario: A company is imported, reported on and cut over with the command alone
      Given the operator has imported a file with 30 linked records of Acme
      When the operator asks for Acme's cut-over
      Then the report of Acme says "30 seen, 30 converted, 0 refused, 0 orphaned"
      And each of Acme's 30 records has the one id of its UUID, and its parent
      And Acme's migration is over

    @integration
    Scenario Outline: The cut-over waits until the ledger balances: <case>
      Given Birch has imported the thread "Birch's"
      And Acme has imported 3 linked records and <odd one>
      When the operator asks for Acme's cut-over
      Then the operator reads "<answer>"
      And Acme's migration is <state>

      Examples:
        | case          | odd one                     | answer                                                | state |
        | balanced      | nothing else                | cut over                                              | over  |
        | one malformed | a malformed record          | Of 4 records 3 are converted, 1 refused and 0 orphaned | open  |
        | one orphan    | a record without its parent | Of 4 records 4 are converted, 0 refused and 1 orphaned | open  |
        | one clash     | a record of Birch           | Of 4 records 3 are converted, 1 refused and 0 orphaned | open  |

    @integration
    Scenario Outline: A record that was corrected at its source lets the ledger balance: <case>
      Given Acme has imported 3 linked records and <odd one>
      When the operator withdraws <odd one> and imports it corrected
      Then the report of Acme says "4 seen, 4 converted, 0 refused, 0 orphaned"
      And Acme may cut over

      Examples:
        | case          | odd one                     |
        | one malformed | a malformed record          |
        | one orphan    | a record without its parent |

    @integration
    Scenario: After the cut-over nothing more is imported
      Given Acme has imported 3 linked records and nothing else
      And the operator has cut Acme over
      When Acme imports the thread "Late"
      Then the operator reads 'The migration "import" is closed'
      And Acme's thread "Late" has no new id

    @integration
    Scenario Outline: The UUID finds the record through the migration only, and new records carry new ids: <case>
      Given Acme's migration stands <stage> of the thread "Q3 spend"
      When Acme's thread "Q3 spend" is looked up by its UUID
      Then the migration answers with <answer>
      And every other reader refuses the plain UUID
      And a new thread gets an id that carries today's date

      Examples:
        | case               | stage             | answer     |
        | before the import  | before the import | nothing    |
        | after the import   | after the import  | its new id |
        | after the cut-over | after the cut-over | its new id |

    @integration @hard
    Scenario: Acme cannot take over, by importing it, a UUID that Birch has imported
      Given Birch has imported the thread "Ours"
      When Acme imports the thread "Ours" and its own thread "Mine"
      Then the operator reads "1 converted, 0 already imported, 1 refused"
      And Acme's thread "Ours" has no new id
      And Birch's thread "Ours" has the id of its UUID

    @integration @hard
    Scenario: Two workers on the same record make one entry
      When two workers import the same 500 records of Acme at the same time
      Then together they report 500 converted and 500 already imported
      And the report of Acme says "500 seen, 500 converted, 0 refused, 0 orphaned"

    @integration @hard @operations
    Scenario: An import of 20,000 records killed half-way and started again gives the same ids and every link
      Given the import of Acme's 20,000 linked records was killed half-way
      When it is started again
      Then only whole batches had been kept, and none of their records is converted again
      And each of Acme's 20,000 records has the one id of its UUID, and its parent
      And the report of Acme says "20,000 seen, 20,000 converted, 0 refused, 0 orphaned"

    @integration @hard @operations
    Scenario: A batch that PostgreSQL did not take can be imported again
      Given PostgreSQL became unreachable half-way through the import of Acme's 2,000 linked records
      When it is started again
      Then the operator reads "1000 converted, 1000 already imported, 0 refused"
      And the first attempt had asked to be run again
