@chat @state-manager
Feature: Every instance follows the same truth
  A question may be answered by any instance of the platform. What was changed through one of them is what all others go by,
  also after an outage, and one listener's failure keeps nobody else waiting.

  Business value:
    Segment: Free, Early, Mid, Enterprise
    Goal: Retention
    Impact: Every device follows the same truth without asking again and again
    Revenue: chat

  @ST-08
  Rule: Whoever must know is told, once and in order

    @integration
    Scenario: What is changed through one instance is what every other instance reads
      Given Dana from Acme has settled on "compare prices" in the thread "Q3 spend"
      And another instance has read it in the thread "Q3 spend"
      When she settles on "hire" in the thread "Q3 spend"
      Then the other instance finds "hire" in the thread "Q3 spend"

    @integration
    Scenario: What is removed through one instance is gone for every other instance
      Given Dana from Acme has settled on "compare prices" in the thread "Q3 spend"
      And another instance has read it in the thread "Q3 spend"
      When she clears the thread "Q3 spend"
      Then the other instance finds nothing in the thread "Q3 spend"

    @integration @operations @hard
    Scenario: Changes made while Redis was away reach it when it is back
      Given Dana from Acme has settled on "compare prices" in the thread "Q3 spend"
      And an instance can be cut off from Redis
      And she has settled on "hire" in the thread "Q3 spend" while Redis was away
      When Redis has been back for 1 second
      Then another instance finds "hire" in the thread "Q3 spend"

    @integration @operations @hard
    Scenario: Changes that an instance could not pass on before it was killed are passed on by another one
      Given Dana from Acme has settled on "compare prices" in the thread "Q3 spend"
      And a process that was cut off from Redis has settled on something else for her and was killed
      When another instance has looked for changes that were left behind
      Then another instance finds "settled before it was killed" in the thread "Q3 spend"

    @integration @hard
    Scenario: A listener that fails delays neither the writer nor other listeners
      Given a listener of Dana from Acme to the thread "Q3 spend" fails each time
      And Dana from Acme listens to the thread "Q3 spend"
      When Dana from Acme sends 3 hints about the thread "Q3 spend"
      Then Dana hears "1, 2, 3"
