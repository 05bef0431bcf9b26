@chat @agent-registry
Feature: Watching an answer being made
  Customers pay for a specialist who works in plain sight. They see what is looked at and why, and they get figures
  that they can check against their own usage. An answer that comes from nowhere is not worth paying for twice.

  Business value:
    Segment: Free, Early, Mid, Enterprise
    Goal: Conversion
    Impact: Every question gets a complete answer from the customer's own figures, told while it is made
    Revenue: chat

  @AG-01
  Rule: A question gets a complete answer, told as it happens

    @e2e
    Scenario: Dana watches how her question about spending is answered
      Given Acme has a month of AI usage
      And Dana from Acme has a phone open on the thread "Q3 spend"
      When she asks "How can we cut our AI spending?"
      Then her phone shows the question, the start, the thoughts, each tool with its result, and the report, in this order
      And her phone shows these specialists at work: triage, data, optimisation, action-planning, reporting
      And her phone shows these tools at work: usage_coverage, usage_summary, price_list, find_savings

    @e2e @operations
    Scenario: The report reads the same later, through another instance
      Given Acme has a month of AI usage
      And Dana from Acme has a phone open on the thread "Q3 spend"
      And she has been answered "How can we cut our AI spending?"
      When she opens a tablet on the same thread through another instance
      Then her phone and her tablet show the same story to its end

  @AG-02
  Rule: The route fits the data

    @e2e
    Scenario: A customer without usage learns what is missing, and is promised no saving
      Given Leo from Birch has a laptop open on the thread "First look"
      When he asks "How can we cut our AI spending?"
      Then the report says that usage is missing and how to send it
      And the report promises no saving

    @e2e
    Scenario: A customer in the first week gets a report marked preliminary, without a plan
      Given Acme has made 20 calls of the feature "search"
      And Dana from Acme has a phone open on the thread "Q3 spend"
      When she asks "How can we cut our AI spending?"
      Then the report is preliminary, and says "Usage is recorded for 1 of the 7 days a plan needs."
      And her phone shows these specialists at work: triage, data, optimisation, reporting

    @e2e
    Scenario: A question about something else is told what can be asked
      Given Acme has a month of AI usage
      And Dana from Acme has a phone open on the thread "Q3 spend"
      When she asks "Will it rain tomorrow?"
      Then the report says "Nothing about the use or the cost of AI was understood"
      And the report offers 3 questions
      And her phone shows these specialists at work: triage, reporting

  @AG-03
  Rule: Every figure can be checked against the customer's own rows

    @e2e
    Scenario: The spend in Dana's report is the sum over Acme's own stored calls
      Given Acme has a month of AI usage
      And Dana from Acme has a phone open on the thread "Q3 spend"
      When she asks "How can we cut our AI spending?"
      Then the report counts as many calls as are stored for Acme
      And the spend in the report equals a sum over Acme's stored calls, worked out outside the platform
      And the savings in the report are together no more than the spend
