@enterprise @id-manager
Feature: A run leads back to its conversation
  When an enterprise customer asks about one answer, support must find the conversation it belongs to within minutes and
  never guess it.

  Business value:
    Segment: Enterprise
    Goal: Retention
    Impact: Every answer can be traced to the conversation it came from
    Revenue: enterprise

  @ID-05
  Rule: A run leads back to its conversation

    @e2e
    Scenario: The thread id handed to Dana's laptop opens the same conversation on her phone
      Given Dana from Acme has a laptop open on the thread "Q3 spend"
      And she has been answered "How can we cut our AI spending?"
      When she opens the thread by its id on her phone
      Then her phone and her laptop show the same story to its end

    @e2e
    Scenario: Support finds the conversation of a run by its stored link
      Given Dana from Acme has a laptop open on the thread "Q3 spend"
      And she has been answered "How can we cut our AI spending?"
      When her latest run is looked up by its id
      Then it belongs to her thread "Q3 spend"

    @e2e @hard
    Scenario: Knowing the id of Dana's run leads Leo from Birch nowhere, as for a run that never was
      Given Dana from Acme has a laptop open on the thread "Q3 spend"
      And she has been answered "How can we cut our AI spending?"
      When Leo from Birch tries to open Dana's latest run and a run that never was
      Then he is told both times in the same words that there is no such run
