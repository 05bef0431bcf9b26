@chat @agent-registry
Feature: An answer outlives the machine that began it
  Machines are lost, and deployments replace them every day. A question must neither be lost with its machine nor be
  answered twice, and two machines must never write into one answer.

  Business value:
    Segment: Early, Mid, Enterprise
    Goal: Retention
    Impact: A lost or replaced machine costs seconds, never an answer
    Revenue: chat

  @AG-11
  Rule: A run outlives its instance

    Background: An instance is reading usage for a question, and will not get to its end
      Given an instance of the platform is serving while ClickHouse is silent
      And Dana from Acme has asked "Where does our money go?" on a laptop there, in the thread "Q3 spend"

    @e2e @operations @hard
    Scenario: An instance that is killed while it reads is followed by another, in the same answer
      When the instance is killed while it reads, and is given up for lost
      Then her tablet shows, through another instance, that the answer went on after the interruption and ended once

    @e2e @operations @hard
    Scenario: An instance that was frozen finds its question in other hands, and adds nothing
      Given the instance has been frozen while it reads, and is given up for lost
      And her tablet has shown the whole answer
      When the frozen instance wakes up, and ClickHouse answers again
      Then the thread "Q3 spend" holds what her tablet shows, and nothing more

    @e2e @operations @hard
    Scenario: A deployment hands a question over, and another instance goes on at once
      When the instance is told to stop while it reads
      Then her tablet shows, through another instance, that the answer went on after the interruption and ended once
      And the instance ends cleanly within 4 seconds
