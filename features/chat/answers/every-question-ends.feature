@chat @agent-registry
Feature: Every question comes to one end
  A question that hangs, or ends twice, or eats the time of all others, is worse than one that fails: nobody knows what
  to do next. Every question ends once, within limits, and whoever asked can stop it.

  Business value:
    Segment: Free, Early, Mid, Enterprise
    Goal: Retention
    Impact: Each question ends exactly once, in time, and says how; nobody's questions hold up anybody else's
    Revenue: chat

  @AG-07
  Rule: A run's state is never in doubt

    @e2e @operations @hard
    Scenario: The same message through two instances at one moment is one question
      Given an instance of the platform is serving
      When a program of Dana from Acme sends the same message through two instances at one moment
      Then both times it is told of the same question, once as known already
      And the thread "Q3 spend" holds 1 question

    @e2e
    Scenario: Another message under the same id is refused instead of being lost
      Given a program of Dana from Acme has sent "Where does our money go?" as "message 1"
      When it sends "And last year?" as "message 1"
      Then the question is refused because "This clientMessageId belongs to another message in this thread. Give each message its own."
      And the thread "Q3 spend" holds 1 question

  @AG-09
  Rule: Runs end, always

    @e2e @operations @hard
    Scenario: While ClickHouse is unreachable a question fails honestly, and asking again later works
      Given an instance of the platform is serving while ClickHouse is unreachable
      And Dana from Acme has a phone open there on the thread "Q3 spend"
      When she asks "Where does our money go?"
      Then her phone shows that there is no answer: "Your usage data cannot be read right now. Ask again in a moment."
      And she is answered in full when she asks again through a healthy instance

    @e2e @operations @hard
    Scenario: A tool that reads for longer than 10 seconds is ended, and the limit is named
      Given an instance of the platform is serving while ClickHouse is silent
      And Dana from Acme has a phone open there on the thread "Q3 spend"
      When she asks "Where does our money go?", and 10 seconds pass while her usage is read
      Then her phone shows that there is no answer: "Reading your usage took longer than 10 seconds. Ask again."

  @AG-10
  Rule: The customer can stop a run

    @e2e @operations @hard
    Scenario: A tablet stops what the laptop started, through another instance
      Given an instance of the platform is serving while ClickHouse is silent
      And Dana from Acme has asked "Where does our money go?" on a laptop there, in the thread "Q3 spend"
      When she stops it from a tablet through another instance
      Then within 2 seconds her laptop shows that it was stopped, and no tool is left open

    @e2e @operations @hard
    Scenario: While Redis is unreachable, stopping takes a few seconds longer
      Given an instance of the platform is serving that can be cut off from ClickHouse and Redis
      And ClickHouse has fallen silent
      And Dana from Acme has asked "Where does our money go?" on a laptop there, in the thread "Q3 spend"
      When Redis becomes unreachable, she stops it through another instance, and 5 seconds pass
      Then within 2 seconds her laptop shows that it was stopped, and no tool is left open

    @e2e
    Scenario: Stopping a question that has been answered says so, and changes nothing
      Given Dana from Acme has a phone open on the thread "Q3 spend"
      And she has been answered "Where does our money go?"
      When she stops the answered question
      Then she is told that it had ended already, as "completed"
      And her phone shows the whole answer
