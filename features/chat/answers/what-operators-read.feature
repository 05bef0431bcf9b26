@chat @agent-registry
Feature: Operators know how answers are doing
  Whoever runs the platform must see trouble before customers tell of it, and must be able to believe the figures.

  Business value:
    Segment: Mid, Enterprise
    Goal: Retention
    Impact: Operators see how long customers wait and how their questions end, and the figures are those that are stored
    Revenue: chat

  @AG-14
  Rule: Operators read how many questions were begun, waited and were answered

    @e2e @operations
    Scenario: A question that was begun and answered is counted, with how long it waited and took
      Given an instance of the platform is serving
      And Dana from Acme has a phone open there on the thread "Q3 spend"
      And operators have read the figures of the instance
      When she is answered "Where does our money go?" there
      Then operators read at least 1 question more that was begun, 1 that waited and 1 that was answered
