@zero-downtime @lifecycle-manager
Feature: An orderly start
  A release starts instances while customers are at work and stores may be restarting. An instance that comes too early
  turns customers away; one that waits for what will never come holds the release up until somebody looks.

  Business value:
    Segment: Free, Early, Mid, Enterprise
    Goal: Retention
    Impact: A release goes on as soon as it can, and stops at once where it cannot
    Revenue: zero-downtime

  @LC-01
  Rule: An instance takes customers only when it can serve them

    @e2e @operations @hard
    Scenario: A database that comes up late is waited for
      Given an instance of the platform is starting, and its database is not up yet
      When the database comes up
      Then it serves customers

    @e2e @operations @hard
    Scenario: A wrong password of the database ends the start at once, because waiting would not mend it
      Given the address holds a wrong password of the database
      When an instance of the platform starts with that address
      Then it ends with exit status 20 without trying again
      And its log says "The database refused the login or has no such database. Check user, password and name."
