@zero-downtime @lifecycle-manager
Feature: An orderly stop
  Releases go out in the middle of a working day because an instance leaves without anybody losing an answer. An
  instance that hangs on its way out, or leaves in disorder, turns every release into an outage.

  Business value:
    Segment: Free, Early, Mid, Enterprise
    Goal: Retention
    Impact: An instance that is told to stop leaves at once and cleanly
    Revenue: zero-downtime

  @LC-07
  Rule: A stop fits inside ten seconds

    @e2e @operations
    Scenario: An idle instance is gone within 2 seconds, cleanly
      Given an instance of the platform is serving
      When the instance is told to stop
      Then the instance ends cleanly within 2 seconds

  @LC-09
  Rule: Signals are obeyed once and at once

    @e2e @operations @hard
    Scenario: Told to stop in the middle of an answer, the instance asks its people to move, and nobody misses an event
      Given an instance of the platform is serving
      And Dana from Acme has a phone open there on the thread "Q3 spend"
      And she has asked "Where does our money go?"
      And the instance has been told to stop
      When her phone moves to another instance as it is asked to
      Then her phone shows the whole answer, with no event missing or doubled
      And the instance ends cleanly within 9 seconds
