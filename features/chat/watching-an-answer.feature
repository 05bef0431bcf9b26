@chat @agent-registry
Feature: Watching an answer being made
  Customers pay for a specialist who works in plain sight. They see what is looked at and why, and they get figures
  that they can check against their own usage. An answer that comes from nowhere is not worth paying for twice.

  Business value:
    Segment: Free, Early, Mid, Enterprise
    Goal: Conversion
    Impact: Every question gets a complete answer from the customer's own figures, told while it is made
    Revenue: chat

  @AG-01
  Rule: A question gets a complete answer, told as it happens

    @e2e
    Scenario: Dana watches how her question about spending is answered
      Given Acme has a month of AI usage
      And Dana from Acme has a phone open on the thread "Q3 spend"
      When she asks "How can we cut our AI spending?"
      Then her phone shows the question, the start, the thoughts, each tool with its result, and the report, in this order
      And her phone shows these specialists at work: triage, data, optimisation, action-planning, reporting

    @e2e @operations
    Scenario: The report reads the same later, through another instance
      Given Acme has a month of AI usage
      And Dana from Acme has a phone open on the thread "Q3 spend"
      And she has been answered "How can we cut our AI spending?"
      When she opens the thread on a tablet through another instance
      Then her tablet shows exactly the story that her phone showed

    @integration
    Scenario: The story tells what was really read and found, step by step
      Given the recorded usage is 1,500 calls on 7 days:
        | provider | model | calls | spend       |
        | openai   | large | 1,200 | 1,090 USD   |
        | openai   | small | 300   | 910.005 USD |
      And these savings are possible:
        | kind                      | model | feature | calls | spend   | saving  | smaller |
        | repeated_prompt           | small | search  | 20    | 30 USD  | 30 USD  |         |
        | small_call_on_large_model | large | chat    | 400   | 400 USD | 300 USD | small   |
        | batchable                 | large | digest  | 90    | 100 USD | 50 USD  |         |
        | cacheable_opening         | large | chat    | 80    | 90 USD  | 60 USD  |         |
        | failed_or_superseded      | large | chat    | 1     | 40 USD  | 40 USD  |         |
      When Dana from Acme asks the agents "How can we cut our AI spending?"
      Then the story reads:
        """
        question: How can we cut our AI spending? (0 ahead)
        triage starts on: How can we cut our AI spending?
        triage: Looking for usage from 2025-08-11 to 2025-09-10.
        triage asks usage_coverage
        triage hears from usage_coverage: ok
        triage: 1,500 calls on 7 days: the data is judged sufficient.
        data: Adding up calls and cost by provider and model.
        data asks usage_summary
        data hears from usage_summary: ok
        data asks price_list
        data hears from price_list: ok
        data: 1,500 calls to 2 models cost 2,000.01 USD by the list list-1.
        optimisation: Looking for failed, repeated, batchable, cacheable and oversized calls.
        optimisation asks find_savings
        optimisation hears from find_savings: ok
        optimisation: 5 savings found; the largest is 300.00 USD (small call on large model).
        action-planning: First of 5 actions: Stop paying for failed and superseded calls of chat to large.
        reporting: Writing the report: 5 findings, 480.00 USD to save.
        reporting answers
        """
      And each step's work is kept, and the run is over as "completed"

    @unit
    Scenario: The report holds each figure of each finding, and an order of work
      Given the recorded usage is 1,500 calls on 7 days:
        | provider | model | calls | spend       |
        | openai   | large | 1,200 | 1,090 USD   |
        | openai   | small | 300   | 910.005 USD |
      And these savings are possible:
        | kind                      | model | feature | calls | spend   | saving  | smaller |
        | repeated_prompt           | small | search  | 20    | 30 USD  | 30 USD  |         |
        | small_call_on_large_model | large | chat    | 400   | 400 USD | 300 USD | small   |
        | batchable                 | large | digest  | 90    | 100 USD | 50 USD  |         |
        | cacheable_opening         | large | chat    | 80    | 90 USD  | 60 USD  |         |
        | failed_or_superseded      | large | chat    | 1     | 40 USD  | 40 USD  |         |
      When the specialists work on "How can we cut our AI spending?" of Dana from Acme
      Then the report reads:
        """
        question: How can we cut our AI spending?
        period: 2025-08-11T09:00:00.000Z to 2025-09-10T09:00:00.000Z
        data: sufficient
        calls: 1500
        spend: 2000.005 USD
        savings: 480 USD
        found: small_call_on_large_model, 400 calls of chat to openai large (small would do), 400 USD, saves 300 USD, estimated
        found: cacheable_opening, 80 calls of chat to openai large, 90 USD, saves 60 USD, estimated
        found: batchable, 90 calls of digest to openai large, 100 USD, saves 50 USD, estimated
        found: failed_or_superseded, 1 calls of chat to openai large, 40 USD, saves 40 USD, measured
        found: repeated_prompt, 20 calls of search to openai small, 30 USD, saves 30 USD, measured
        model: openai large, 1200 calls, 1090 USD
        model: openai small, 300 calls, 910.005 USD
        action 1: Stop paying for failed and superseded calls of chat to large. (failed_or_superseded, 40 USD)
        action 2: Keep answers of search to prompts that small was given before. (repeated_prompt, 30 USD)
        action 3: Send the small calls of chat to small instead of large. (small_call_on_large_model, 300 USD)
        action 4: Let large cache the opening that the calls of chat share. (cacheable_opening, 60 USD)
        action 5: Send the background calls of digest to large as batches. (batchable, 50 USD)
        prices: list-1
        """
      And among the thoughts is "Looking for usage from 2025-08-11 to 2025-09-10."
      And among the thoughts is "1,500 calls on 7 days: the data is judged sufficient."
      And among the thoughts is "1,500 calls to 2 models cost 2,000.01 USD by the list list-1."
      And among the thoughts is "5 savings found; the largest is 300.00 USD (small call on large model)."
      And among the thoughts is "First of 5 actions: Stop paying for failed and superseded calls of chat to large."
      And among the thoughts is "Writing the report: 5 findings, 480.00 USD to save."

    @integration @hard
    Scenario: No tool is shown that did not read, and each reading is shown with what it was given and found
      Given the recorded usage is 1,500 calls on 7 days:
        | provider | model | calls | spend     |
        | openai   | large | 1,500 | 2,000 USD |
      When Dana from Acme asks the agents 'What did model "large" cost for feature "chat" in the last 2 weeks?'
      Then the story tells of as many tools as there were readings
      And the story shows what each tool was given and found, as it is kept

    @unit
    Scenario: A named model and feature narrow every reading, and thoughts say so
      Given the recorded usage is 1,500 calls on 7 days:
        | provider | model | calls | spend     |
        | openai   | large | 1,500 | 2,000 USD |
      When the specialists work on 'What did model "large" cost for feature "chat" in the last 2 weeks?' of Dana from Acme
      Then these readings were made, all up to one cut-off:
        | reading                     | about                                                                                      |
        | coverage                    | 2025-08-27T09:00:00.000Z to 2025-09-10T09:00:00.000Z {"model":["large"],"feature":["chat"]} |
        | cost by provider and model  | 2025-08-27T09:00:00.000Z to 2025-09-10T09:00:00.000Z {"model":["large"],"feature":["chat"]} |
        | prices                      |                                                                                            |
        | opportunities               | 2025-08-27T09:00:00.000Z to 2025-09-10T09:00:00.000Z {"model":["large"],"feature":["chat"]} |
      And among the thoughts is "Looking for usage from 2025-08-27 to 2025-09-10, only model large and feature chat."
      And among the thoughts is "Nothing saves as much as one hundredth of the spend."
      And among the thoughts is "There is nothing to plan."
      And among the thoughts is "Writing the report: 0 findings, no saving."

  @AG-02
  Rule: The route fits the data

    @e2e
    Scenario: A customer without usage learns what is missing, and is promised no saving
      Given Leo from Birch has a laptop open on the thread "First look"
      When he asks "How can we cut our AI spending?"
      Then the report says that usage is missing and how to send it
      And the report promises no saving

    @unit
    Scenario Outline: What is known about the usage decides who works on the question: <case>
      When the usage is judged <case>
      Then the question goes from triage to <specialists>

      Examples:
        | case         | specialists                                     |
        | sufficient   | data, optimisation, action-planning, reporting  |
        | partial      | data, optimisation, reporting                   |
        | insufficient | reporting                                       |
        | out_of_scope | reporting                                       |

    @unit
    Scenario: A customer in the first week gets a report marked preliminary, without an action plan
      Given the recorded usage is 1 call on 1 day:
        | provider | model | calls | spend  |
        | openai   | large | 1     | 40 USD |
      And these savings are possible:
        | kind                 | model | feature | calls | spend  | saving | smaller |
        | failed_or_superseded | large | chat    | 1     | 40 USD | 40 USD |         |
      When the specialists work on "Where does our money go?" of Dana from Acme
      Then the report reads:
        """
        question: Where does our money go?
        period: 2025-08-11T09:00:00.000Z to 2025-09-10T09:00:00.000Z
        data: partial, preliminary
        calls: 1
        spend: 40 USD
        savings: 40 USD
        found: failed_or_superseded, 1 calls of chat to openai large, 40 USD, saves 40 USD, measured
        model: openai large, 1 calls, 40 USD
        missing: Usage is recorded for 1 of the 7 days a plan needs.
        missing: 1 calls are recorded; a plan needs 1000.
        prices: list-1
        """
      And the report says:
        """
        From 2025-08-11 to 2025-09-10, 1 call cost 40.00 USD.
        40.00 USD could be saved.
        40.00 USD: failed or superseded, 1 call of chat to large.
        Usage is recorded for 1 of the 7 days a plan needs.
        1 calls are recorded; a plan needs 1000.
        """
      And among the thoughts is "1 call on 1 day: the data is judged partial."
      And among the thoughts is "1 call to 1 model cost 40.00 USD by the list list-1."
      And among the thoughts is "1 saving found; the largest is 40.00 USD (failed or superseded)."
      And among the thoughts is "Writing the report: 1 finding, 40.00 USD to save."

    @unit
    Scenario Outline: What cannot be answered is said, with what can be done: <case>
      Given the recorded usage is <calls> calls on 30 days, and nobody knows what they cost
      When the specialists work on "<question>" of Dana from Acme
      Then the report reads:
        """
        question: <question>
        period: 2025-08-11T09:00:00.000Z to 2025-09-10T09:00:00.000Z
        data: <verdict>
        calls: <calls>
        spend: unknown
        savings: unknown
        missing: <missing>
        prices: none
        """
      And the report says:
        """
        <missing>
        """
      And among the thoughts is 'Saying what is missing: <missing>'

      Examples:
        | case         | calls | question               | verdict      | missing                                                                                                  |
        | no usage     | 0     | Where is our money?    | insufficient | No usage is recorded for this period. Send your AI calls to POST /v1/usage, or ask about another period. |
        | out of scope | 9000  | Will it rain tomorrow? | out_of_scope | The question is not about the use or the cost of AI; ask for instance "How can we cut our AI spending?"  |

  @AG-03
  Rule: Every figure can be checked against the customer's own rows

    @e2e
    Scenario: The spend in Dana's report is the sum over Acme's own stored calls
      Given Acme has a month of AI usage
      And Dana from Acme has a phone open on the thread "Q3 spend"
      When she asks "How can we cut our AI spending?"
      Then the report counts as many calls as are stored for Acme
      And the spend in the report equals a sum over Acme's stored calls, worked out outside the platform
      And the savings in the report are together no more than the spend

    @unit
    Scenario: Two currencies are never added, and a model without a known price is listed, not counted as free
      Given the recorded usage is 2,000 calls on 20 days:
        | provider | model  | calls | spend                    |
        | openai   | large  | 900   | 0.000000000001 USD       |
        | openai   | large  | 100   | 0.000000000002 USD       |
        | mistral  | moyen  | 500   | 99999999999999999.99 EUR |
        | own      | secret | 499   | unpriced                 |
        | others   |        | 1     | unpriced                 |
      And these savings are possible:
        | kind            | model | feature | calls | spend    | saving             | smaller |
        | repeated_prompt | moyen | search  | 20    | 2000 EUR | 1999999999999999.5 EUR |     |
        | repeated_prompt | large | search  | 20    | 30 USD   | 0.000000000001 USD |         |
        | repeated_prompt | own   | search  | 20    | unpriced | unpriced           |         |
      When the specialists work on "Where does our money go?" of Dana from Acme
      Then the report reads:
        """
        question: Where does our money go?
        period: 2025-08-11T09:00:00.000Z to 2025-09-10T09:00:00.000Z
        data: sufficient
        calls: 2000
        spend: 99999999999999999.99 EUR, 0.000000000003 USD
        savings: 1999999999999999.5 EUR
        found: repeated_prompt, 20 calls of search to openai moyen, 2000 EUR, saves 1999999999999999.5 EUR, measured
        found: repeated_prompt, 20 calls of search to openai large, 30 USD, saves 0.000000000001 USD, measured
        model: openai large, 900 calls, 0.000000000001 USD
        model: openai large, 100 calls, 0.000000000002 USD
        model: mistral moyen, 500 calls, 99999999999999999.99 EUR
        model: own secret, 499 calls, unknown
        model: others others, 1 calls, unknown
        without a price: secret
        without a price: others
        action 1: Keep answers of search to prompts that moyen was given before. (repeated_prompt, 1999999999999999.5 EUR)
        action 2: Keep answers of search to prompts that large was given before. (repeated_prompt, 0.000000000001 USD)
        prices: list-1
        """
      And the report says:
        """
        From 2025-08-11 to 2025-09-10, 2,000 calls cost 99,999,999,999,999,999.99 EUR and 0.00 USD.
        Nobody knows what these models cost: secret, others.
        1,999,999,999,999,999.50 EUR could be saved.
        1,999,999,999,999,999.50 EUR: repeated prompt, 20 calls of search to moyen.
        0.00 USD: repeated prompt, 20 calls of search to large.
        1. Keep answers of search to prompts that moyen was given before.
        2. Keep answers of search to prompts that large was given before.
        """
      And among the thoughts is "2,000 calls to 5 models cost 99,999,999,999,999,999.99 EUR by the list list-1."

    @unit
    Scenario: Usage whose price nobody knows costs an unknown amount
      Given the recorded usage is 1,000 calls on 7 days:
        | provider | model  | calls | spend    |
        | own      | secret | 999   | unpriced |
        | own      | secret | 1     | unpriced |
      When the specialists work on "Where does our money go?" of Dana from Acme
      Then among the thoughts is "1,000 calls to 2 models cost an unknown amount by the list list-1."
      And the report lists "secret" once as without a price, and no spend and no saving
      And among the thoughts is "Writing the report: 0 findings, no saving."
      And the report says:
        """
        From 2025-08-11 to 2025-09-10, 1,000 calls cost an unknown amount.
        Nobody knows what these models cost: secret.
        """

    @unit
    Scenario Outline: A saving that cannot be told in money is not told: <case>
      Given the recorded usage is 1 call on 1 day:
        | provider | model | calls | spend  |
        | openai   | large | 1     | 40 USD |
      And these savings are possible:
        | kind            | model | feature | calls | spend   | saving   | smaller |
        | repeated_prompt | large | chat    | 1     | <spend> | <saving> |         |
      When the specialists work on "Where does our money go?" of Dana from Acme
      Then among the thoughts is "Writing the report: 0 findings, no saving."

      Examples:
        | case              | spend    | saving   |
        | an unknown spend  | unpriced | 5 USD    |
        | an unknown saving | 5 USD    | unpriced |

    @unit
    Scenario: Currencies in which the same was spent stay in the order in which they were found
      Given the recorded usage is 2 calls on 1 day:
        | provider | model | calls | spend |
        | mistral  | moyen | 1     | 5 EUR |
        | openai   | large | 1     | 5 USD |
      When the specialists work on "Where does our money go?" of Dana from Acme
      Then the report's spend is "5 EUR, 5 USD"

    @unit
    Scenario: A report names 50 models at most, and counts the calls of all
      Given the recorded usage is 51 calls to as many models on 1 day
      When the specialists work on "Where does our money go?" of Dana from Acme
      Then the report names 50 models and 51 calls
      And the price list is told as "list-1" with 2 models

    @unit
    Scenario Outline: A long question is not repeated whole: <case>
      Given the recorded usage is 51 calls to as many models on 1 day
      When the specialists work on a question of <length> characters of Dana from Acme
      Then the report repeats <repeated> characters of it

      Examples:
        | case     | length | repeated |
        | at most  | 1,000  | 1,000    |
        | too long | 1,001  | 1,001    |

    @unit
    Scenario: A secret in a name that a customer gave stays out of the sentences
      Given the recorded usage is 1 call on 1 day:
        | provider | model | calls | spend  |
        | openai   | large | 1     | 40 USD |
      And these savings are possible:
        | kind                 | model | feature          | calls | spend  | saving | smaller |
        | failed_or_superseded | large | password=hunter2 | 1     | 40 USD | 40 USD |         |
      When the specialists work on "Where does our money go?" of Dana from Acme
      Then the report's sentences hold "password=[hidden]" and not "hunter2"

    @unit
    Scenario Outline: In sentences amounts are rounded half up to cents, in figures never: <case>
      Given the recorded usage is 1 call on 1 day:
        | provider | model | calls | spend   |
        | openai   | large | 1     | <spend> |
      When the specialists work on "Where does our money go?" of Dana from Acme
      Then among the thoughts is "1 call to 1 model cost <told> by the list list-1."
      And the report's spend is "<spend>"

      Examples:
        | case              | spend              | told             |
        | nothing           | 0 USD              | 0.00 USD         |
        | below half a cent | 0.004999999999 USD | 0.00 USD         |
        | half a cent       | 0.005 USD          | 0.01 USD         |
        | a few cents       | 0.05 USD           | 0.05 USD         |
        | up to a thousand  | 999.995 USD        | 1,000.00 USD     |
        | a million         | 1234567 USD        | 1,234,567.00 USD |

    @unit
    Scenario Outline: Only savings worth telling are told, the largest first: <case>
      When of a spend of "<spend>" these savings are possible: "<possible>"
      Then these savings are told: "<told>"

      Examples:
        | case                            | spend             | possible                              | told                 |
        | exactly one hundredth           | 100 USD           | 1 USD                                 | 1 USD                |
        | just below one hundredth        | 100 USD           | 0.999999999999 USD                    |                      |
        | largest first                   | 100 USD           | 2 USD, 3 USD, 1.5 USD                 | 3 USD, 2 USD, 1.5 USD |
        | measured by its own currency    | 100 USD, 9000 EUR | 89 EUR, 1 USD, 90 EUR                 | 90 EUR, 1 USD        |
        | nothing saved                   | 0 USD             | 0 USD                                 |                      |
        | a spend that nobody knows       |                   | 0.000000000001 USD                    | 0.000000000001 USD   |
        | a saving that nobody knows      | 100 USD           | unpriced, 5 USD                       | 5 USD                |
        | more than ten                   | 90 USD            | 1 USD, 2 USD, 3 USD, 4 USD, 5 USD, 6 USD, 7 USD, 8 USD, 9 USD, 10 USD, 11 USD | 11 USD, 10 USD, 9 USD, 8 USD, 7 USD, 6 USD, 5 USD, 4 USD, 3 USD, 2 USD |

    @unit @hard
    Scenario: For any possible savings, what is told is among them, in order, and no more than they are
      When 200 lists of possible savings are looked through
      Then each time the told ones are among the possible, largest first, ten at most, and none is below one hundredth
