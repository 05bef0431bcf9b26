@chat @agent-registry
Feature: A conversation goes on
  People do not repeat themselves. Whoever has said which days or which model they mean wants the next answer to know it,
  and wants to see at once when it does not.

  Business value:
    Segment: Free, Early, Mid, Enterprise
    Goal: Retention
    Impact: Follow-up questions are answered about what was meant, without asking again
    Revenue: chat

  @AG-15
  Rule: A follow-up is about what its thread has settled on, until it says otherwise

    @e2e
    Scenario: A follow-up keeps what it does not name, even after a question that could not be answered
      Given Acme has a month of AI usage
      And Dana from Acme has a phone open on the thread "Q3 spend"
      And she has been answered "What did each feature cost in the last 7 days?"
      And she has been answered "Will it rain tomorrow?"
      When she asks "And in the last month?"
      Then the report is about 30 days, by feature

    @e2e
    Scenario: What was kept can be taken back where the answer is read
      Given Acme has a month of AI usage
      And Dana from Acme has the thread "Q3 spend" open on the chat page
      And she has been answered "What did gpt-4o cost?" on the page
      And she has been answered "And by feature?" on the page
      When she presses "Ask again for all models" on the page
      Then the newest answer on the page has a row "document-tagging", which no answer before had
