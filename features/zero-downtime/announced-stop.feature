@zero-downtime @lifecycle-manager
Feature: A stop that is announced
  Instances are replaced in the middle of a working day. Customers notice nothing where the front door first stops sending
  anybody, work that is under way is finished, and what cannot be finished is told to whoever waits for it.

  Business value:
    Segment: Free, Early, Mid, Enterprise
    Goal: Retention
    Impact: A deployment is not noticed by whoever is in the middle of something
    Revenue: zero-downtime

  @LC-04
  Rule: A stop is announced before it happens

    @e2e @operations @hard
    Scenario: The first tab is asked to move only when the front door sends nobody there, and what arrives meanwhile is still served
      Given two instances of the platform are serving behind a front door
      And Dana from Acme has a phone open there on the thread "Q3 spend"
      When one of the two is told to stop while Dana keeps asking through the front door
      Then her phone is asked to move only when the front door sends nobody to its instance any more
      And every one of those questions was answered

    @e2e @operations @hard
    Scenario: A question that comes during the announcement is answered by another instance, once
      Given an instance of the platform is serving while ClickHouse is silent
      And Dana from Acme has a phone open there on the thread "Q3 spend"
      And she asks "Where does our money go?" in the moment in which the instance is told to stop
      When her phone moves to another instance as it is asked to
      Then her phone shows the whole answer, with no event missing or doubled
      And the instance that stops has not begun to answer it

  @LC-05
  Rule: Work under way is finished, or whoever waits for it is told

    @e2e @operations @hard
    Scenario: A request that needs 2 more seconds ends with its normal answer
      Given an instance of the platform is serving that can be cut off from ClickHouse
      And ClickHouse has fallen silent
      And Dana's program is waiting there for its company's usage
      When the instance is told to stop, and ClickHouse answers again after 2 seconds
      Then the program is given its answer
      And the instance ends cleanly within 9 seconds

    @e2e @operations @hard
    Scenario: A request that would never end is ended with the reason, and counted as lost
      Given an instance of the platform is serving that can be cut off from ClickHouse
      And ClickHouse has fallen silent
      And Dana's program is waiting there for its company's usage
      When the instance is told to stop
      Then the program is told "restarting", and operators read that one piece of work was lost
      And the instance ends cleanly within 9 seconds
