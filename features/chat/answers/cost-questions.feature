@chat @agent-registry
Feature: Questions about cost
  Whoever pays for AI asks in their own words: by feature, by model, in tokens, compared with last month. They pay for an
  answer to that question, and they must see at once when a part of it was not understood.

  Business value:
    Segment: Free, Early, Mid, Enterprise
    Goal: Conversion
    Impact: Customers get the figures that they asked for, and never take other figures for them
    Revenue: chat

  @AG-16
  Rule: The answer is what was asked for, and says what could not be used

    Background:
      Given Acme has a month of AI usage
      And Dana from Acme has a phone open on the thread "Q3 spend"

    @e2e
    Scenario: Whoever asks by feature reads a table by feature, the most expensive first
      When she asks "What did each feature cost in the last 30 days?"
      Then the report lists:
        | feature            | calls | spend    |
        | report-writer      | 115   | 6.95 USD |
        | code-review        | 131   | 4.43 USD |
        | nightly-summary    | 232   | 3.66 USD |
        | support-assistant  | 339   | 3.16 USD |
        | ticket-triage      | 297   | 0.59 USD |
        | search-suggestions | 121   | 0.01 USD |
        | document-tagging   | 21    | unknown  |

    @e2e
    Scenario: Whoever asks for tokens reads tokens, as many rows as were asked for
      When she asks "Which two models used the most tokens in the last 30 days?"
      Then the report lists:
        | model             | calls | tokens    |
        | claude-3-5-sonnet | 246   | 2,698,337 |
        | gpt-4o            | 868   | 2,401,140 |

    @e2e
    Scenario: Whoever asks about failures reads how many calls failed
      When she asks "How many calls failed in the last 30 days?"
      Then the report says "29 calls of 1,256 failed (2.3 %)."

    @e2e
    Scenario: One model by its name narrows every figure
      When she asks "What did gpt-4o-mini cost in the last 30 days?"
      Then the report says "only model gpt-4o-mini, 121 calls cost 0.01 USD."

    @e2e
    Scenario: A colleague by name narrows every figure, and the answer says so
      Given 20 calls of Ravi from Acme are recorded
      When Dana from Acme asks "How much did Ravi spend in the last 7 days?"
      Then the report says "only calls of Ravi, 20 calls cost"

    @e2e
    Scenario: What is not recorded is said, with questions that work
      When she asks "What did each department cost in the last 30 days?"
      Then the report tells that "Usage is not recorded by department" and offers 3 questions
      And the report says "1,256 calls cost 18.79 USD."
