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
    Scenario Outline: What a follow-up does not name is as before: <case>
      Given the specialists have worked on '<first>' of Dana from Acme
      When the specialists work on '<then>' of Dana from Acme
      Then among the thoughts is "Looking for usage from <days>."

      Examples:
        | case                  | first                             | then                         | days                                     |
        | a period              | Cost of the last 7 days?          | What can we save?            | 2025-09-03 to 2025-09-10                 |
        | days by name          | Cost 2025-09-01 to 2025-09-03?    | What can we save?            | 2025-09-01 to 2025-09-04                 |
        | another period        | Cost of the last 7 days?          | And in the last month?       | 2025-08-11 to 2025-09-10                 |
        | a model               | Cost of model "large"?            | What can we save?            | 2025-08-11 to 2025-09-10, only model large |
        | another model         | Cost of model "large"?            | And of model "small"?        | 2025-08-11 to 2025-09-10, only model small |
        | a feature             | Cost of feature "chat"?           | And in the last 7 days?      | 2025-09-03 to 2025-09-10, only feature chat |
        | all models again      | Cost of model "large"?            | And of all models?           | 2025-08-11 to 2025-09-10                 |
        | all features again    | Cost of feature "chat", model "a"? | And of ALL  features?       | 2025-08-11 to 2025-09-10, only model a   |
        | a word that holds all | Cost of model "large"?            | What do overall models cost? | 2025-08-11 to 2025-09-10, only model large |
        | nothing               | Where does our money go?          | What can we save?            | 2025-08-11 to 2025-09-10                 |

    @unit
    Scenario: A period that ends with the moment of asking moves on with it
      Given the specialists have worked on 'Cost of the last 7 days?' of Dana from Acme
      And 24 hours have passed
      When the specialists work on 'What can we save?' of Dana from Acme
      Then among the thoughts is "Looking for usage from 2025-09-04 to 2025-09-11."

    @unit
    Scenario Outline: Only what is new is settled: <case>
      Given the specialists have worked on 'Cost of the last 7 days?' of Dana from Acme
      When the specialists work on '<then>' of Dana from Acme
      Then what the thread is about was noted <times>

      Examples:
        | case        | then                     | times |
        | nothing new | What can we save?        | once  |
        | the same    | Save in the last 7 days? | once  |
        | another     | Save in the last 8 days? | twice |

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
