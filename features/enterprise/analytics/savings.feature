@enterprise @analytics
Feature: Savings that can be believed
  Customers act on what we call a waste: they change code and contracts. A saving that is not there, or is promised twice, costs
  them work and us the customer.

  Business value:
    Segment: Early, Mid, Enterprise
    Goal: Expansion
    Impact: Each saving that is shown rests on calls that were made, and all together never exceed what was spent
    Revenue: enterprise

  Background: Prices of round figures
    Given Acme pays for a million tokens in, cached and out, in USD:
      | model | in   | cached | out  | batched | smaller |
      | large | 1.00 | 0.10   | 2.00 | 0.5     | small   |
      | small | 0.25 | 0.025  | 0.50 |         |         |

  @CH-06
  Rule: Opportunities to save are honest

    @integration
    Scenario Outline: Waste is found at its limit and not one step beyond: <case>
      When a program of Acme reports <inside>, and apart from it <outside>
      Then the first is a saving of "<saving>" for <kind>, and the second none of that kind

      Examples:
        | case              | inside                                | outside                                             | saving        | kind                          |
        | failed            | a call that failed                    | a call that was cancelled                           | 0.0028 USD    | failed or superseded calls    |
        | superseded        | a prompt sent again after 60 seconds  | a prompt sent again after 60.001 seconds            | 0.0028 USD    | failed or superseded calls    |
        | repeated          | a prompt answered 24 hours before     | a prompt answered 24 hours and a millisecond before | 0.0028 USD    | a repeated prompt             |
        | batchable         | a call that nobody waited for         | a call that somebody waited for                     | 0.0014 USD    | what can be batched           |
        | cacheable, length | an opening of 1,024 tokens sent twice | an opening of 1,023 tokens sent twice               | 0.0009216 USD | an opening to cache           |
        | cacheable, time   | an opening sent again after 5 minutes | an opening sent again after 5 minutes and more      | 0.0009216 USD | an opening to cache           |
        | small, tokens in  | a call of 1,000 tokens in and 300 out | a call of 1,001 tokens in and 300 out               | 0.0012 USD    | a small call on a large model |
        | small, tokens out | a call of 1,000 tokens in and 300 out | a call of 1,000 tokens in and 301 out               | 0.0012 USD    | a small call on a large model |

    @integration @hard
    Scenario: A call that fits several kinds counts once, and all savings together never exceed the spend
      When a program of Acme reports 20 calls that fit every kind
      Then it is told of one saving, for failed or superseded calls, of 20 calls
      And that is as much as Acme has spent
