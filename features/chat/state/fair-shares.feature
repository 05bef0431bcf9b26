@chat @state-manager
Feature: One heavy user costs nobody else anything
  Every customer shares the same fast store. What one of them fills, nobody else may pay for: neither with lost notes nor
  with slow answers.

  Business value:
    Segment: Free, Early, Mid, Enterprise
    Goal: Retention
    Impact: A colleague's or another company's excess never takes a customer's notes away
    Revenue: chat

  @ST-07
  Rule: One heavy user costs nobody else anything

    @integration
    Scenario: Dana's 1,001st entry takes the place of her least recently used one
      Given Dana from Acme has kept 1,000 entries
      And she has read "entry 1" again 10 seconds later
      When she keeps one entry more
      Then she keeps 1,000 entries, with "entry 1" and without "entry 2"

    @integration
    Scenario: What PostgreSQL keeps as well makes room in Redis first
      Given an instance that lets a person keep 3 entries
      And Dana from Acme has settled on "compare prices" in the thread "Q3 spend"
      And she has kept 2 entries
      When she keeps one entry more
      Then she keeps 3 entries
      And Dana finds "compare prices" in the thread "Q3 spend", in PostgreSQL

    @integration
    Scenario: Acme at its quota is refused new entries, and nobody loses one
      Given an instance that lets a company keep 5 entries
      And Dana from Acme has kept 3 entries
      And Ravi from Acme has kept 2 entries
      When Ravi from Acme keeps one entry more
      Then he is refused because the company's quota is used up
      And Dana keeps 3 entries, and Ravi 2

    @integration
    Scenario: Birch notices nothing of Acme's quota
      Given an instance that lets a company keep 5 entries
      And Dana from Acme has kept 5 entries
      When Leo from Birch keeps one entry more
      Then he keeps 1 entry

    @integration @hard
    Scenario: 900 entries listed page by page while others write: each that stood throughout appears exactly once
      Given Dana from Acme has kept 900 entries
      When she lists all 900 page by page while others change, add and remove entries
      Then each of the 800 that stood throughout was shown exactly once
