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

    @e2e @operations @hard
    Scenario: Whoever comes before the instance is ready is told when to come again, and is served then
      Given Dana from Acme has a phone open on the thread "Q3 spend"
      And an instance of the platform is starting, and its database is not up yet
      When Dana asks there for her threads
      Then Dana is told to come again in 1 second, because it is "not_ready"
      And Dana is shown the thread "Q3 spend" there once the database is up

    @e2e @operations @hard
    Scenario: ClickHouse is away at the start: the instance serves, says so at once, and is whole again without a restart
      Given an instance of the platform has started while ClickHouse was away
      Then the instance says within 1 second that it is degraded, and still serves
      When ClickHouse answers again
      Then the instance says within 15 seconds that it is ready, and not degraded

  @LC-02
  Rule: Parts start in order of need, and a start that is broken off leaves nothing behind

    @e2e @operations @hard
    Scenario: Told to stop while it waits for its database, an instance leaves cleanly and never serves
      Given an instance of the platform is starting, and its database is not up yet
      When the instance is told to stop while it starts
      Then it ends with exit status 0, and never served

    @e2e @operations @hard
    Scenario: An instance that was killed in the middle of its start leaves nothing that keeps the next one from serving
      Given an instance of the platform was killed while it started
      When another instance starts
      Then it serves customers

    @e2e @operations @hard
    Scenario: A master key that opens nothing of what is stored ends the start at once, because waiting would not mend it
      When an instance of the platform starts with a master key that opens nothing
      Then it ends with exit status 20 without trying again
      And its log says "None of the master keys is known here"
