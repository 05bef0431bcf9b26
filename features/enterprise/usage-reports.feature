@enterprise @analytics
Feature: Usage reports
  Customers pay for figures they can show to their finance department. A call that is counted twice, or a report of which
  half was quietly dropped, makes every figure after it worthless.

  Business value:
    Segment: Free, Early, Mid, Enterprise
    Goal: Retention
    Impact: Each call of a model that was reported is counted once, and what cannot be counted is refused by name
    Revenue: enterprise

  @CH-03
  Rule: A call is recorded once, or refused by name

    @e2e
    Scenario: A report that is sent again is counted once
      Given a program of Dana from Acme has reported 3 calls
      When it sends the same report again
      Then it is told that 0 were recorded and 3 were known already
      And her usage shows 3 calls

    @e2e @hard
    Scenario Outline: A report with one faulty call is refused whole, and the field is named: <case>
      When a program of Dana from Acme reports 3 calls, one of which <fault>
      Then it is refused because of "<field>"
      And her usage shows 1 call after a sound report of 1 call

      Examples:
        | case          | fault                     | field                 |
        | no model      | names no model            | events[1].model       |
        | negative      | has used -1 tokens        | events[1].inputTokens |
        | in the future | is dated 6 minutes ahead  | events[1].at          |
        | too old       | is dated 14 months back   | events[1].at          |
        | unknown word  | has a field named "extra" | events[1]             |
