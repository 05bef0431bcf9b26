@zero-downtime @database-manager
Feature: Stored work
  Customers work on while the database is changed and while parts of their work fail. What they are told is saved is
  saved whole, and what is not saved left nothing behind.

  Business value:
    Segment: Free, Early, Mid, Enterprise
    Goal: Retention
    Impact: Half-saved work is never found, and a release that changes the database is not noticed
    Revenue: zero-downtime

  Background:
    Given Acme has stored the threads "Q3 spend" and "Team offsite"
    And Birch has stored the threads "Payroll" and "Rent"

  @DB-01
  Rule: A customer's work lands whole or leaves no trace

    @integration @hard
    Scenario: A last part that is refused undoes the whole change, and the customer hears why
      When Acme adds the thread "Q4 plan", and with it something that the store refuses
      Then that company is told "A value does not fit its column (22012); nothing was saved."
      And both companies' threads are stored as before

  @DB-03
  Rule: Work done at the same moment keeps the figures right

    @integration @hard
    Scenario: Two changes that block each other both land, each exactly once
      When two requests of Acme change both threads at the same moment, in opposite orders
      Then each thread was changed twice

  @DB-04
  Rule: A lost reply never becomes a lie

    @e2e @operations @hard
    Scenario: A confirmation is lost after the thread was stored; asked for again it is there once
      Given an instance of the platform is serving that can be cut off from PostgreSQL
      And Dana's program has opened the thread "Q3 spend" there with a key, and was told "outcome_unknown", because the confirmation of PostgreSQL was lost
      When her program opens "Q3 spend" again with the key, 2 times at once
      Then it is given the same thread 2 times, and her list of threads is "Q3 spend" and no more

  @DB-06
  Rule: A broken connection is noticed before customers notice

    @integration @hard
    Scenario: An idle connection that was cut is replaced, and nobody notices
      When the database drops the only connection without a word, and Acme asks for every thread there is
      Then it is shown "Q3 spend" and "Team offsite", and nothing else

  @DB-08
  Rule: The schema changes once, whole, while customers work

    @integration @hard
    Scenario: What was read before a change of the schema is read after it, on the same connection
      When a title of Acme is read, the database changes how it stores titles, and it is read again
      Then the second time "Q3 spend" is read
