@enterprise @analytics
Feature: Figures of usage
  A finance department lays our figures beside its invoices. One that is off by a fraction, or that counts a call on the wrong
  day, is the last one that it believes.

  Business value:
    Segment: Early, Mid, Enterprise
    Goal: Retention
    Impact: What a customer is shown of its use and its cost is what it would work out by hand
    Revenue: enterprise

  Background: A month that can be worked out by hand
    Given Acme pays for a million tokens in, cached and out, in USD:
      | model | in   | cached | out   |
      | large | 2.50 | 1.25   | 10.00 |
      | small | 0.15 | 0.075  | 0.60  |
    And the calls of Acme last month were:
      | day | time  | model    | feature | person | in        | cached | out |
      | 1   | 00:30 | large    | support | Dana   | 1,000     | 400    | 100 |
      | 1   | 09:15 | large    | search  | Ravi   | 3         | 0      | 1   |
      | 2   | 09:45 | small    | support | Dana   | 7         | 7      | 0   |
      | 27  | 23:59 | large    | search  | nobody | 1,000,000 | 0      | 0   |
      | 27  | 23:59 | homemade | search  | nobody | 500       | 0      | 50  |

  @CH-04
  Rule: The figures are right

    @integration
    Scenario Outline: A planted month gives the figures worked out by hand: by <case>
      When Acme asks what it cost by <case>
      Then Acme is shown "<figures>"

      Examples:
        | case    | figures                                                                                                                                               |
        | model   | large: 3 calls, 2.5030175 USD; small: 1 call, 0.000000525 USD; homemade: 1 call, unpriced                                                             |
        | feature | search: 2 calls, 2.5000175 USD; support: 2 calls, 0.003000525 USD; search: 1 call, unpriced                                                           |
        | person  | nobody: 1 call, 2.5 USD; Dana: 2 calls, 0.003000525 USD; Ravi: 1 call, 0.0000175 USD; nobody: 1 call, unpriced                                        |
        | day     | day 27: 1 call, 2.5 USD; day 1: 2 calls, 0.0030175 USD; day 2: 1 call, 0.000000525 USD; day 27: 1 call, unpriced                                      |
        | hour    | day 27 at 23: 1 call, 2.5 USD; day 1 at 00: 1 call, 0.003 USD; day 1 at 09: 1 call, 0.0000175 USD; day 2 at 09: 1 call, 0.000000525 USD; day 27 at 23: 1 call, unpriced |
        | month   | last month: 4 calls, 2.503018025 USD; last month: 1 call, unpriced                                                                                    |

    @integration
    Scenario Outline: Days and months follow the zone of whoever asks: <case>
      When Acme asks what it cost by <by>, in days of "<zone>"
      Then Acme is shown "<figures>"

      Examples:
        | case               | by    | zone                | figures                                                                                                              |
        | behind, month      | month | America/Los_Angeles | last month: 3 calls, 2.500018025 USD; another month: 1 call, 0.003 USD; last month: 1 call, unpriced                 |
        | ahead, midnight    | day   | Pacific/Auckland    | day 28: 1 call, 2.5 USD; day 1: 2 calls, 0.0030175 USD; day 2: 1 call, 0.000000525 USD; day 28: 1 call, unpriced      |
        | a half hour off    | hour  | Asia/Kolkata        | day 28 at 05: 1 call, 2.5 USD; day 1 at 06: 1 call, 0.003 USD; day 1 at 14: 1 call, 0.0000175 USD; day 2 at 15: 1 call, 0.000000525 USD; day 28 at 05: 1 call, unpriced |

    @integration @hard
    Scenario: Questions with one cut-off agree while recording goes on
      Given the moment up to which the figures of Acme count is fixed
      When a program of Acme reports 5 calls of 100 tokens by the small model on day 10 at 12:00
      Then Acme is shown 5 calls up to that moment, however it asks, and 10 without it

  @CH-05
  Rule: Cost follows the price table

    @integration
    Scenario Outline: Each call costs what was in force at its moment: <case>
      Given on day 10 at 12:00 the large model became twice as dear for Acme
      When a program of Acme reports 1 call of 1,000,000 tokens by the large model on day 10 at <time>
      Then day 10 has cost Acme "<cost>"

      Examples:
        | case               | time         | cost    |
        | just before        | 11:59:59.999 | 2.5 USD |
        | at the very moment | 12:00:00.000 | 5 USD   |
        | just after         | 12:00:00.001 | 5 USD   |

    @integration
    Scenario: A price that is published later prices the calls that waited for it, in the very next answer
      Given Acme has asked what it cost by model
      When the homemade model is given a price of 1.00 USD for a million tokens, and Acme asks again
      Then Acme is shown "large: 3 calls, 2.5030175 USD; homemade: 1 call, 0.00055 USD; small: 1 call, 0.000000525 USD"

    @integration
    Scenario: Ten thousand tiny calls add up to the last fraction
      When a program of Acme reports 10,000 calls of 7 tokens by the small model on day 10 at 12:00
      Then day 10 has cost Acme "0.0105 USD"
