@enterprise @configuration-manager
Feature: History of a company's settings
  When figures look different from yesterday's, finance asks who changed what, and wants it back. An auditor asks whether
  the answer can be trusted.

  Business value:
    Segment: Enterprise
    Goal: Retention
    Impact: Each change says who made it, when and why; any of them can be taken back, and none of them is lost
    Revenue: enterprise

  @CF-07
  Rule: Every change is recorded and can be undone

    Background:
      Given Ada from Acme has set the threads of a person to 20, because "a quiet start"

    @e2e
    Scenario: An administrator sees who changed a limit, when, why, from what to what
      When Ada sets the threads of a person to 30, because "the team has grown"
      Then the newest change that Ada reads in the history is hers: "the team has grown", from "20" to "30"

    @e2e
    Scenario: An administrator returns to earlier settings, and the return is itself in the history
      Given Ada has set the threads of a person to 30, because "the team has grown"
      When Ada returns to version 1
      Then the company has version 3, with 20 threads of a person
      And the newest change that Ada reads in the history is hers: "back to what was", from "30" to "20"

    @e2e
    Scenario: A return leaves credentials as they are, and says so
      Given Ada has set the company's model key 2 times
      And Ada has set the threads of a person to 30, because "the team has grown"
      When Ada returns to version 1
      Then the company has version 5, with 20 threads of a person
      And she is told that the model key was left as it is

    @e2e
    Scenario: A return to a version that never was is refused
      When Ada returns to version 7
      Then she is refused because there is no such version, and told "Nothing was changed: there is no version 7; the newest is 1."

    @e2e @hard
    Scenario: Whoever saves what a colleague has changed meanwhile is told who that was
      Given Ada has set the threads of a person to 30, because "the team has grown"
      When Ada sets the threads of a person to 40, going by version 1
      Then she is refused because somebody has changed it meanwhile, and told 'Nothing was changed: "limits.threadsPerPerson" was changed by Ada meanwhile, in version 2. Read the settings again.'
      And the company has version 2, with 30 threads of a person

    @e2e @hard
    Scenario: Two who change different settings from the same version are both saved
      Given Ada has set the threads of a person to 30, because "the team has grown"
      When Ada switches wording by a model off, going by version 1
      Then the company has version 3, with 30 threads of a person

    @e2e @hard
    Scenario: A change that is sent again after its answer was lost is made once
      When Ada sends that change again, because its answer was lost
      Then it is answered as one that was made before, and the history has 1 change

    @e2e @hard
    Scenario: A key that was used for one change is refused for another
      When Ada sends other settings with the same key
      Then she is refused because the key belongs to another change, and told "This Idempotency-Key belongs to another change. Give each change its own."
      And the company has version 1, with 20 threads of a person
