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

    @unit
    Scenario Outline: Only what is new is settled: <case>
      Given the specialists have worked on 'Cost of the last 7 days?' of Dana from Acme
      When the specialists work on '<then>' of Dana from Acme
      Then what the thread is about was noted <times>

      Examples:
        | case        | then                     | times |
        | nothing new | What did it cost?        | once  |
        | the same    | Cost in the last 7 days? | once  |
        | another     | Cost in the last 8 days? | twice |

    @integration
    Scenario Outline: A model that was named is remembered for 30 days, a period for one: <case>
      Given what threads are about is kept where the platform keeps it
      And the specialists have worked on 'Cost of model "large" in the last 7 days?' of Dana from Acme
      And <time> have passed
      When the specialists work on 'What can we save?' of Dana from Acme
      Then among the thoughts is "Looking for usage from <days>."

      Examples:
        | case                    | time          | days                                       |
        | a moment before a day   | 86,399 seconds | 2025-09-04 to 2025-09-11, only model large |
        | after a day             | 24 hours      | 2025-08-12 to 2025-09-11, only model large |
        | a moment before 30 days | 2,591,999 seconds | 2025-09-10 to 2025-10-10, only model large |
        | after 30 days           | 30 days       | 2025-09-10 to 2025-10-10                   |

    @unit
    Scenario: What cannot be read is not passed over in silence
      Given what a thread has settled on cannot all be read
      When the specialists work on 'What can we save?' of Dana from Acme
      Then among the thoughts is "What this thread had settled before cannot all be read right now."

    @integration
    Scenario: The next question of a thread goes on with its period
      Given the agents have answered Dana from Acme "What did the last 7 days cost?"
      When Dana from Acme asks the agents "What can we save?"
      Then both answers there are about "2025-09-03 to 2025-09-10"

    @integration
    Scenario: Another thread knows nothing of it
      Given the agents have answered Dana from Acme "What did the last 7 days cost?"
      When Dana from Acme asks the agents "What can we save?" in the thread "Q4 plan"
      Then the answer in the thread "Q4 plan" is about "2025-08-11 to 2025-09-10"

    @e2e
    Scenario: What was kept can be taken back where the answer is read
      Given Acme has a month of AI usage
      And Dana from Acme has the thread "Q3 spend" open on the chat page
      And she has been answered "What did gpt-4o cost?" on the page
      And she has been answered "And by feature?" on the page
      When she presses "Ask again for all models" on the page
      Then the newest answer on the page has a row "document-tagging", which no answer before had
