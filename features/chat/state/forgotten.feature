@chat @state-manager
Feature: What is to be forgotten is forgotten
  A customer who ends something, or leaves for good, has a right to be forgotten everywhere at once, also by a worker that
  has not heard of it yet.

  Business value:
    Segment: Free, Early, Mid, Enterprise
    Goal: Risk reduction
    Impact: Ending a session or erasing a person empties every place that held their state
    Revenue: chat

  @ST-11
  Rule: What is to be forgotten is forgotten

    @e2e @operations
    Scenario: Signing out on the phone ends the phone's working state, and the laptop keeps its own
      Given Dana from Acme is signed in on her phone and her laptop, with something kept for each
      When she ends the sign-in of her phone
      Then nothing is kept for her phone any more, and her laptop keeps its own

    @e2e @operations
    Scenario: What a thread had settled goes with the thread
      Given Dana from Acme has a laptop open on the thread "Q3 spend"
      And she has been answered 'What did model "large" cost in the last 7 days?'
      And something is kept for her thread, in both stores
      When she has the thread "Q3 spend" deleted for good
      Then nothing is kept for her thread any more

    @integration
    Scenario: Clearing a thread takes exactly that thread's state
      Given Dana from Acme has settled on "compare prices" in the thread "Q3 spend"
      And she has settled on "hire" in the thread "Q4 plan"
      When she clears the thread "Q3 spend"
      Then Dana finds nothing in the thread "Q3 spend"
      And Dana finds "hire" in the thread "Q4 plan"

    @integration @hard
    Scenario: Erasing a person empties both stores of their state, and takes nothing of a colleague's
      Given Dana from Acme has noted "compare prices" in the thread "Q3 spend"
      And she has settled on "hire" in the thread "Q4 plan"
      And Ravi from Acme has settled on "book a room" in the thread "Q4 plan"
      When Ada from Acme erases Dana
      Then neither store names Dana, but for Redis' mark that she was erased
      And Ravi finds "book a room" in the thread "Q4 plan"

    @integration
    Scenario: Nobody erases somebody else without the right to do so
      Given Ravi from Acme has noted "book a room" in the thread "Q3 spend"
      When Dana from Acme erases Ravi
      Then she is refused because that needs the right "people:manage"
      And Ravi finds "book a room" in the thread "Q3 spend"

    @integration @hard
    Scenario: A worker that still writes for an erased person is refused
      Given Dana from Acme has erased herself
      When she settles on "compare prices" in the thread "Q3 spend"
      Then she is refused because she was erased
