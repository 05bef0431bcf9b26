@chat @state-manager
Feature: An assistant remembers exactly
  An assistant that remembers nearly what was agreed is worse than one that asks again. What it keeps while it works
  comes back exactly as it was, or the attempt is refused at once and says what was wrong.

  Business value:
    Segment: Free, Early, Mid, Enterprise
    Goal: Retention
    Impact: Answers build on what was really said, never on a distorted copy of it
    Revenue: chat

  @ST-02
  Rule: What is read is what was written

    @integration
    Scenario: What Dana noted comes back exactly as she noted it, through another instance
      Given Dana from Acme has noted "Café für Zoë 💸" in the thread "Q3 spend"
      When another instance takes over
      Then Dana finds "Café für Zoë 💸" in the thread "Q3 spend"

    @integration
    Scenario: A note of exactly 256 KiB is kept
      When Dana from Acme notes a text of 262,144 bytes in the thread "Q3 spend"
      Then Dana finds a text of 262,144 bytes in the thread "Q3 spend"

    @integration
    Scenario: A longer note is refused, and nothing of it is kept
      When Dana from Acme notes a text of 262,145 bytes in the thread "Q3 spend"
      Then she is refused because the note is too long
      And Dana finds nothing in the thread "Q3 spend"

    @integration
    Scenario: What an older release has written is read in today's form
      Given the older release has written a report of 45 USD for Dana from Acme
      When today's release reads it
      Then the report says 45 USD

    @integration
    Scenario: What a newer release has written is refused, never misread
      Given the newer release has written a report of 45 USD for Dana from Acme
      When today's release reads it
      Then she is refused because a newer release has written it
