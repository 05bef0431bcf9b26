@enterprise @configuration-manager
Feature: Settings that are refused
  A setting that was mistyped, goes beyond the plan or belongs to somebody else must change nothing, and whoever tried must read at
  once what to write instead. A limit that is half changed is worse than none.

  Business value:
    Segment: Mid, Enterprise
    Goal: Risk reduction
    Impact: Nothing wrong is ever in force, nobody decides what is not theirs, and each refusal says what to do
    Revenue: enterprise

  @CF-02
  Rule: A setting that is misspelt or of the wrong kind is refused by name

    @e2e
    Scenario Outline: A setting that is not one is refused by name: <case>
      When Ada from Acme sets "<setting>" to "<value>"
      Then that is refused because <problem>, with '<reason>', and her company has what it had

      Examples:
        | case        | setting                    | value  | problem                  | reason                                                                                                                                                                                 |
        | misspelt    | limits.threadPerPerson     | 20     | there is no such setting | Nothing was changed: "limits.threadPerPerson" is no setting of companies. Did you mean "limits.threadsPerPerson"?                                                                      |
        | wrong kind  | limits.threadsPerPerson    | twenty | the value does not fit   | Nothing was changed: "limits.threadsPerPerson" is not a whole number. Write a whole number from 1 to what your plan allows.                                                            |
        | not a price | analytics.negotiatedPrices | [1]    | the value does not fit   | Nothing was changed: "analytics.negotiatedPrices" holds something at "0" that is no object. Write provider, model, from, currency and perMillion (input, cachedInput, output) of each. |

  @CF-03
  Rule: Nothing invalid is ever in force

    @e2e
    Scenario: Of five settings in one change three are out of range, and none of the five applies
      When Ada from Acme sets at once:
        | setting                     | value   |
        | limits.threadsPerPerson     | 10001   |
        | limits.connectionsPerPerson | 51      |
        | model.wording               | false   |
        | model.name                  | wordy-1 |
        | model.key                   | [1]     |
      Then that is refused because it is above the limit, with 'None of the 5 settings was changed: "limits.threadsPerPerson" is above 10000, the most that your plan allows. "limits.connectionsPerPerson" is above 50, the most that your plan allows. "model.key" is no text. Write the key that the provider made for your company.', and her company has what it had

  @CF-05
  Rule: A company changes only what it may, and only its own

    @e2e
    Scenario Outline: What is above the plan, or not the company's to set, is refused by name: <case>
      When <who> sets "<setting>" to "<value>"
      Then that is refused because <problem>, with 'Nothing was changed: "<setting>" <reason>', and her company has what it had

      Examples:
        | case                    | who            | setting                     | value             | problem                   | reason                                                   |
        | one above the limit     | Leo from Birch | limits.connectionsPerPerson | 11                | it is above the limit     | is above 10, the most that your plan allows.             |
        | closed on the free plan | Leo from Birch | model.name                  | wordy-1           | the plan does not open it | is open from the mid plan on; yours is free.             |
        | the platform's alone    | Ada from Acme  | model.url                   | https://m.example | there is no such setting  | is no setting of companies. Did you mean "model.key"?    |
        | a platform credential   | Ada from Acme  | identity.masterKeys         | k                 | there is no such setting  | is no setting of companies. GET /v1/settings lists them. |

    @e2e
    Scenario: A company may have as much as its plan allows
      When Leo from Birch sets "limits.connectionsPerPerson" to "10"
      Then that is taken

    @e2e @hard
    Scenario: A member is refused with the reason, and leaves nothing behind
      When Ravi from Acme wants to read the settings, change one, take a change back and read the history
      Then all four are refused, naming the right that is missing
      And the history that Ada from Acme reads is empty
