@chat @websocket-manager
Feature: How long a conversation is kept
  Customers ask before they sign how long we keep what their people write. The answer has to be true to the day, and what is
  gone has to be gone everywhere, or a deleted question turns up in an audit.

  Business value:
    Segment: Mid, Enterprise
    Goal: Risk reduction
    Impact: What was written is kept as long as the plan says and no longer, and the thread says where it begins
    Revenue: chat

  @WS-21
  Rule: What was said in a thread is kept for 90 days after its last event, or as long as its company has set

    @e2e @operations @hard
    Scenario: After 90 quiet days it is gone everywhere, a younger thread is whole, and the old one goes on
      Given a platform on which months can pass
      And Dana from Acme has been answered "Where does our money go?" in the thread "Q3 spend"
      And a day later she has been answered "Where do we save?" in the thread "Q4 plan"
      When 89 days pass
      Then the thread "Q3 spend" holds nothing, its answer reads as one that never was, and "Q4 plan" holds all that was said
      And her phone is told where "Q3 spend" begins now, and what she asks next is counted on from there
