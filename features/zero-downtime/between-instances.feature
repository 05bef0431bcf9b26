@zero-downtime @websocket-manager
Feature: Between instances
  The instance that works on an answer is seldom the one that holds the customer's connection. If word between them is slow,
  every answer looks slow, and replacing or adding instances makes it worse.

  Business value:
    Segment: Free, Early, Mid, Enterprise
    Goal: Retention
    Impact: An answer is watched as it is made, however many instances there are
    Revenue: zero-downtime

  @WS-22
  Rule: What one instance has stored, every other one shows within 100 milliseconds

    @e2e @operations @hard @exclusive
    Scenario: Tabs on two instances show 95 of 100 events within 100 milliseconds, whichever of the two works on the answer
      Given Acme has a month of AI usage
      And Dana from Acme has a phone open on the thread "Q3 spend"
      And she has a laptop open on the same thread through another instance
      When she is answered "Where does our money go?" 4 times, one after the other
      Then both tabs have shown 95 % of the events within 100 milliseconds of their being stored
