@enterprise @id-manager
Feature: A name that nobody else has
  Everything an enterprise customer owns is found by its name. Two things under one name is how one company's data ends
  up in another company's chat, and that ends the contract.

  Business value:
    Segment: Enterprise
    Goal: Risk reduction
    Impact: Nothing a company owns can ever be mixed up with something of another company
    Revenue: enterprise

  @ID-01
  Rule: No two things ever share a name

    @unit @hard
    Scenario: One million names from one instance contain no repeat and cost no memory afterwards
      Given an instance that gives names
      When it gives 1,000,000 names and keeps none
      Then no name was given twice
      And less than 1 MB of memory is in use on their account

    @unit @hard
    Scenario: An instance restarted within the same millisecond repeats nothing
      Given an instance has given 20,000 names
      When it is restarted within the same millisecond and gives 20,000 more
      Then no name was given twice

    @unit @hard
    Scenario: Two instances woken from one saved image part ways at their first name
      Given two instances are copies of one saved image
      When both wake in the same millisecond and give 1 name each
      Then no name was given twice

    @unit @hard
    Scenario Outline: Names are not given on weak randomness: <case>
      Given an instance that gives names
      When <trouble> from now on
      Then it refuses to give names as "id_entropy_failed"
      And it is out of service because "The machine's random source <because>. No names are given on weak randomness; send customers to another instance."

      Examples:
        | case                     | trouble                                    | because                       |
        | the source fails         | its random source fails                    | failed                        |
        | the source gives too little | its random source gives 1 byte too little | gave less than it was asked for |
        | the source repeats itself | its random source repeats itself          | repeated itself               |
        | a part comes back later  | its random source repeats 64 bytes in two answers | repeated itself        |
        | a part comes twice       | its random source repeats 64 bytes in one answer | repeated itself         |

    @unit @hard
    Scenario: A source that repeats itself from the start gives not a single name
      Given the random source of an instance has repeated itself from the start
      When it is asked for a name
      Then it refuses to give names as "id_entropy_failed"

    @unit
    Scenario: An instance gives names again as soon as its random source has recovered
      Given an instance whose random source has failed
      When its random source recovers
      Then it is in service again and gives names

    @unit
    Scenario: Names are cheap in randomness, which is fetched for many at once
      Given an instance that gives names
      When 10,000 names are given in one millisecond
      Then its random source was asked 81 times

    @integration @hard
    Scenario: Eight instances started at the same moment write 5,000 records each without one clash
      Given eight instances were started in the same millisecond
      When each of them writes 5,000 records under new names
      Then 40,000 records are stored

    @integration @hard
    Scenario: A forced clash is refused by the store and leaves the first record untouched
      Given two instances are copies of one saved image
      And the first has opened Acme's move under its next name
      When the second opens Birch's move under the same name
      Then the store refuses it as "database_constraint"
      And Acme's move is untouched and Birch has none
