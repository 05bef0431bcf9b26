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
      When it is told to stop
      Then it is gone within 2 seconds
      And it reports that it stopped cleanly

  @LC-09
  Rule: Signals are obeyed once and at once

    @e2e @operations @hard
    Scenario: Told to stop in the middle of an answer, the instance asks its people to move and the answer is complete elsewhere
      Given an instance of the platform is serving
      And Dana from Acme has a phone open there on the thread "Q3 spend"
      And she has asked "Where does our money go?"
      When it is told to stop
      Then her phone is asked to move before its line is closed
      And the thread holds one complete answer
