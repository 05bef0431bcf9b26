@zero-downtime @state-persistence
Feature: Answers that outlive several losses
  A bad day brings more than one loss: the machine that takes over is lost, too, or it finds the cache empty. Customers pay for
  an answer, not for our luck, so whoever goes on with an answer does so from what is stored, however often that happens.

  Business value:
    Segment: Early, Mid, Enterprise
    Goal: Retention
    Impact: A second loss costs a customer seconds, like the first, and never the answer
    Revenue: zero-downtime

  @SP-05
  Rule: Whoever goes on with an answer does so wholly, from what is stored, or the next one does

    Background: An instance is reading usage for a question, and will not get to its end
      Given an instance of the platform is serving while ClickHouse is silent
      And Dana from Acme has asked "Where does our money go?" on a laptop there, in the thread "Q3 spend"

    @e2e @operations @hard
    Scenario: The instance that took an answer over is lost, too, and a third one brings it to its end
      When the instance is killed while it reads, and so is the one that goes on with it
      Then her tablet shows, through another instance, that the answer went on after 2 interruptions and ended once

    @e2e @operations @hard
    Scenario: The instance is lost, and with it all that Redis held
      Given the platform's Redis has lost everything of Acme
      When the instance is killed while it reads, and is given up for lost
      Then her tablet shows, through another instance, that the answer went on after the interruption and ended once
