@chat @agent-registry
Feature: Everybody gets a turn
  One customer with many questions must not take the service away from all others. Whoever has to wait is told so, is
  answered in turn, and never waits for ever.

  Business value:
    Segment: Free, Early, Mid, Enterprise
    Goal: Retention
    Impact: No customer is crowded out by another, plans get what they pay for, and a wait has a known end
    Revenue: chat

  @AG-08
  Rule: Limits are enforced, and fairly

    Background: Questions that are asked there are being worked on as long as ClickHouse is silent
      Given an instance of the platform is serving while ClickHouse is silent

    @e2e @operations
    Scenario: A second question in the same thread starts after the first has ended
      Given Dana from Acme has asked 2 questions there in the thread "Q3 spend"
      And she has been told that 1 question is ahead
      When ClickHouse answers again
      Then all 2 of her questions are answered, those of a thread one after the other

    @e2e @operations
    Scenario: A person's fourth question waits until one of the three has ended
      Given Dana from Acme has asked 1 question there in each of 3 threads
      And she has asked 1 question there in the thread "Offsite"
      And 3 of her questions are worked on and 1 waits
      And she has been told that 1 question is ahead
      When she stops the first of her questions
      Then her latest question is begun within 5 seconds

    @e2e @operations @hard
    Scenario: A company on the free plan has two questions worked on at a time, through however many instances
      Given a second instance is serving beside it
      And Leo from Birch has asked 4 questions in as many threads through both instances
      And 2 of his questions are worked on and 2 wait
      When ClickHouse answers again
      Then all 4 of his questions are answered, those of a thread one after the other

    @e2e @operations @hard
    Scenario: While one company's questions wait, another company's first begins at that moment
      Given Leo from Birch has asked 1 question there in each of 3 threads
      When Dana from Acme asks 1 question there in the thread "Q3 spend"
      Then she is told that 0 questions are ahead
      And her latest question is begun within 1 second

    @e2e @operations @hard
    Scenario: While a company's sixty questions are worked on, another company's first is answered before most of them
      Given 10 people of Acme have asked 6 questions each there, in three threads
      And Leo from Birch has asked 1 question there in the thread "Q3 spend"
      When ClickHouse answers again
      Then fewer than 12 of their questions were answered before that of Leo

    @e2e @operations
    Scenario: The 21st waiting question is refused with the reason, and leaves nothing
      Given Dana from Acme has asked 21 questions there in the thread "Q3 spend"
      When she asks 1 question there in the thread "Q3 spend"
      Then the question is refused because "20 of your questions wait already. Ask again later."
      And the thread "Q3 spend" holds 21 questions

    @e2e @operations
    Scenario: A question that is stopped while it waits never starts
      Given Dana from Acme has asked 2 questions there in the thread "Q3 spend"
      When she stops the latest of her questions
      Then of the stopped question the thread "Q3 spend" holds that it was asked and stopped, and no more
