@enterprise @configuration-manager
Feature: Settings of a company
  An enterprise customer has prices of its own, limits for its own people and its own key for the language model. It signs
  only where it decides these things itself, and nobody else's settings ever meet its own.

  Business value:
    Segment: Mid, Enterprise
    Goal: Conversion
    Impact: A company's own prices and limits hold for it, for nobody else, and only its administrators touch them
    Revenue: enterprise

  @CF-01
  Rule: A company's own setting wins, and anyone entitled can see why

    @e2e
    Scenario: Costs go by the price that a company has negotiated, and another company's by the list price
      Given Ada from Acme and Leo from Birch have each reported a call with 1,000,000 input tokens of gpt-4o
      When Ada has entered "1.00" USD as the price of a million of them
      Then Dana from Acme, who asks "What did gpt-4o cost in the last 7 days?", reads that "1 call cost 1.00 USD"
      And Leo from Birch, who asks "What did gpt-4o cost in the last 7 days?", reads that "1 call cost 2.50 USD"

    @e2e
    Scenario: A company that takes its own price out goes by the list price again
      Given Ada from Acme and Leo from Birch have each reported a call with 1,000,000 input tokens of gpt-4o
      And Ada has entered "1.00" USD as the price of a million of them
      When Ada takes that price out again
      Then Dana from Acme, who asks "What did gpt-4o cost in the last 7 days?", reads that "1 call cost 2.50 USD"

    @e2e
    Scenario: An administrator who asks where a value comes from is told its source and what it hides
      When Ada from Acme sets "limits.threadsPerPerson" to "20"
      Then she is told that "limits.threadsPerPerson" is "20" from "tenant", and hides "10000" from "default"
      And she is told that "limits.connectionsPerPerson" is "50" from "default", and hides nothing

    @e2e
    Scenario: What was chosen on purpose is not taken for what was never chosen
      When Ada from Acme sets "model.wording" to "true"
      Then she is told that "model.wording" is "true" from "tenant", and hides "true" from "default"

    @e2e
    Scenario: A lower limit of the company's own holds for its people, and for nobody else's
      Given Ada from Acme has set "limits.threadsPerPerson" to "1"
      And Dana from Acme opens a thread as before
      When Dana from Acme opens one more thread
      Then that is refused because "You have 1 thread, as many as you may have. Delete one first."
      And Ravi from Acme opens a thread as before

    @e2e @operations
    Scenario: A company's own key and model word its reports, and nobody else's
      Given an instance of the platform is serving whose language model rephrases the report
      And Ada from Acme has set "model.key" to "sk-of-acme-alone"
      And Ada from Acme has set "model.name" to "wordy-1"
      When Dana from Acme is answered there
      And Leo from Birch is answered there
      Then the model "wordy-1" was asked with the key "sk-of-acme-alone", and then "gpt-4o-mini" with "key-of-the-model"

    @e2e @operations
    Scenario: A company that wants no language model has its reports in the platform's own words
      Given an instance of the platform is serving whose language model rephrases the report
      And Ada from Acme has set "model.key" to "sk-of-acme-alone"
      And Noor from Dune has set "model.key" to "sk-of-dune-alone"
      And Ada from Acme has set "model.wording" to "false"
      When Dana from Acme and Noor from Dune are answered there
      Then the model was asked with the key "sk-of-dune-alone", and never with "sk-of-acme-alone"
