@enterprise @database-manager
Feature: Rows of one company
  The rows of all companies stand side by side. An enterprise customer signs only where no question, however carelessly
  it is put, can show or touch what belongs to somebody else.

  Business value:
    Segment: Enterprise
    Goal: Risk reduction
    Impact: A question that forgets to say whose rows it means still meets the asker's own, and no others
    Revenue: enterprise

  Background:
    Given Acme has stored the threads "Q3 spend" and "Team offsite"
    And Birch has stored the threads "Payroll" and "Rent"

  @DB-02
  Rule: Rows belong to one customer

    @integration @hard
    Scenario: A question that names no owner returns only the asker's rows
      When Birch asks for every thread there is
      Then it is shown "Payroll" and "Rent", and nothing else

    @integration @hard
    Scenario Outline: Without a customer named, nothing can be touched: <case>
      When somebody who names no company <tries>
      Then not one thread was touched
      And both companies' threads are stored as before

      Examples:
        | case    | tries                       |
        | read    | reads every thread there is |
        | added   | adds a thread to Acme's     |
        | changed | renames Acme's threads      |
        | removed | removes Acme's threads      |

    @integration @hard
    Scenario Outline: Writing in another customer's name is refused: <case>
      When Birch <tries>
      Then that company is told "These rows are not yours to read or write; nothing was saved."
      And both companies' threads are stored as before

      Examples:
        | case                   | tries                          |
        | a new row              | adds a thread to Acme's        |
        | an own row handed over | hands its threads over to Acme |

    @integration @hard
    Scenario Outline: Nothing of one customer stays on the connection after their work: <case>
      Given the only connection has served work of Acme that <ended>
      When somebody who names no company looks through that connection
      Then no company is named on it
      And not one thread was touched

      Examples:
        | case     | ended    |
        | finished | finished |
        | failed   | failed   |
