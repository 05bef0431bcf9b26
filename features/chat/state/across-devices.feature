@chat @state-manager
Feature: A conversation goes on from where it was
  Customers change devices, and their questions are answered by whichever server is free. The conversation is one all the
  same, and what it does not know any more it does not pretend to know.

  Business value:
    Segment: Free, Early, Mid, Enterprise
    Goal: Retention
    Impact: What was worked out on one device and one server is worked with on the next
    Revenue: chat

  @ST-01
  Rule: A conversation goes on from where it was

    @e2e @operations
    Scenario: What Dana settles on her laptop is what another instance works with when she asks on her phone
      Given Dana from Acme has a laptop open on the thread "Q3 spend"
      And she has been answered "What did the last 7 days cost?"
      And she has a phone open on the same thread through another instance
      When she asks "What can we save?" on her phone
      Then her phone shows an answer about the last 7 days

    @e2e
    Scenario: What was agreed in one thread does not leak into another
      Given Dana from Acme has a laptop open on the thread "Q3 spend"
      And she has been answered "What did the last 7 days cost?"
      And she has a phone open on the thread "Q4 plan"
      When she asks "What can we save?" on her phone
      Then her phone shows an answer about the last 30 days

    @e2e @operations @hard
    Scenario: Redis loses everything between two messages: what was promised to last is known, the rest starts afresh
      Given Dana from Acme has a laptop open on the thread "Q3 spend"
      And she has been answered 'What did model "large" cost in the last 7 days?'
      And the platform's Redis has lost everything of Acme
      When she asks "What can we save?" on her laptop
      Then her laptop shows an answer about the last 30 days, only for model "large"
      And no thought on her laptop claims to know more

    @e2e @operations
    Scenario: While Redis is away, an answer says what it does not know
      Given an instance of the platform is serving that can be cut off from Redis
      And Dana from Acme has been answered 'What did model "large" cost in the last 7 days?' on a phone there, in the thread "Q3 spend"
      And Redis has become unreachable
      When she asks "What can we save?" on her phone
      Then her phone shows an answer about the last 30 days, only for model "large"
      And her phone shows the thought "What this thread had settled before cannot all be read right now."
