@chat @websocket-manager
Feature: Complete stories
  Customers pay for answers whose making they can follow and check later. A story with a hole, with two endings, or with
  something in it that never happened is an answer nobody can rely on.

  Business value:
    Segment: Free, Early, Mid, Enterprise
    Goal: Retention
    Impact: What the customer reads about an answer is whole, in order, and exactly what is stored
    Revenue: chat

  @WS-08
  Rule: A run tells one complete story

    @e2e @operations @hard
    Scenario: Events that do not make a story are refused whole
      Given Dana from Acme has a phone open on the thread "Q3 spend"
      When her agent writes a question, a start and the result of a call that nobody made
      Then that is refused because "No such tool call is open. (call_unknown)"
      And the thread is empty, and her phone shows nothing

    @e2e @operations @hard
    Scenario: Two instances end the same run at once, and one ending is stored
      Given Dana from Acme has a phone open on the thread "Q3 spend"
      And her agent has begun a run
      When two instances end the run at once, one with a report and one with a cancellation
      Then one of them is refused because "The run has ended; nothing can be added after its ending. (ended)"
      And her phone shows 3 events, as they are stored

  @WS-03
  Rule: Nothing is shown that is not stored, and numbers never skip

    @e2e @operations @hard
    Scenario: Eight runs at once leave numbers without a gap, each in its own order
      Given Dana from Acme has a phone open on the thread "Q3 spend"
      When 8 runs of 10 events are stored for Dana at once
      Then her phone shows 80 events, as they are stored
      And the events of each run stand in their run's order

    @e2e @operations @hard
    Scenario: What was undone is shown on no device, and the story goes on with the next number
      Given Dana from Acme has a phone open on the thread "Q3 spend"
      And her agent has begun a run
      And her agent has written a question, and the work was undone
      When 1 run of 2 events is stored for Dana at once
      Then her phone shows 4 events, as they are stored
