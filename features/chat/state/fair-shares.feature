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

    @unit
    Scenario: Every person and company has the same room, unless an operator says otherwise
      When an operator sets up an instance and says nothing else
      Then it keeps to these numbers:
        | entries of a person  | 1,000       |
        | bytes of a person    | 8,388,608   |
        | entries of a company | 20,000      |
        | bytes of a company   | 134,217,728 |
        | changes behind       | 256         |
        | changes kept         | 1,000       |

    @integration
    Scenario: Dana's 1,001st entry takes the place of her least recently used one, and the loss is told
      Given Dana from Acme listens to her changes
      And she keeps 1,000 entries, of which "entry 0" was read 10 seconds after the others were written
      When she keeps one entry more
      Then she keeps 1,000 entries, and "entry 0" is one of them
      And Dana is told "evicted, created", of which the first is about "entry 1"

    @integration
    Scenario: What can be fetched again makes room before anything that cannot, and nobody is told of a loss
      Given an instance that lets a person keep 3 entries
      And Dana from Acme listens to her changes
      And she keeps 2 entries
      And she has something that must last, and a copy of it in Redis
      When she keeps one entry more
      Then Dana is told "created, created, created, created"
      And she keeps 3 entries, and what must last is still found, from PostgreSQL

    @integration
    Scenario Outline: A copy never takes the place of what cannot be fetched again: <case>
      Given an instance that lets a <whose> keep <ceiling>
      And Dana from Acme keeps 2 entries
      When she keeps something that must last
      Then she keeps 2 entries, and what must last is still found, from PostgreSQL

      Examples:
        | case            | whose   | ceiling   |
        | entries, person | person  | 2 entries |
        | entries, company | company | 2 entries |
        | bytes, person   | person  | 200 bytes |
        | bytes, company  | company | 200 bytes |

    @integration
    Scenario: Of copies, the one that was confirmed longest ago makes room
      Given an instance that lets a person keep 2 entries
      When Dana from Acme keeps 3 things that must last, a second apart
      Then copies of the newest 2 are in Redis, and all 3 are found

    @integration
    Scenario: What the company shares is no person's share
      Given an instance that lets a person keep 1 entries
      When Ada from Acme shares 2 things that must last
      Then copies of both are in Redis

    @integration
    Scenario: More bytes than a person may keep make room the same way
      Given an instance that lets a person keep 3,000 bytes
      When Dana from Acme keeps the entries "one", "two" and "three" of 900 bytes each, a second apart
      Then she keeps "three, two"

    @integration
    Scenario: A batch makes room at the cost of others, never of its own
      Given an instance that lets a person keep 3 entries
      And Dana from Acme has kept "one", "two" and "three" of 600 bytes each, a second apart
      When she rewrites "one" and adds "four" in one batch
      Then she keeps "four, three, one"

    @integration
    Scenario: What has ended makes room before anything that has not
      Given an instance that lets a person keep 3 entries
      And Dana from Acme has kept "one", "two" and "three" of 600 bytes each, a second apart
      And "two" has come to its end unread
      When she adds "four"
      Then she keeps "four, three, one"

    @integration
    Scenario: Writing an entry again costs only its newest size
      Given an instance that lets a person keep 3,000 bytes
      And Dana from Acme has kept "one", "two" and "three" of 600 bytes each, a second apart
      And she has rewritten "three" 5 times
      When she adds "four"
      Then she keeps "four, three, two, one"

    @integration
    Scenario: A person at both ceilings makes room for themselves
      Given an instance that lets a person and a company keep 3 entries
      And Dana from Acme has kept "one", "two" and "three" of 600 bytes each, a second apart
      When she adds "four"
      Then she keeps "four, three, two"

    @integration
    Scenario: Acme at its ceiling is refused new entries, and Birch notices nothing
      Given an instance that lets a company keep 5 entries
      And Dana from Acme keeps 3 entries
      And Ravi from Acme keeps 2 entries
      When Ravi from Acme tries to keep one entry more
      Then this is refused as "state_quota_exceeded" because "The company keeps as much as it may"
      And Dana and Ravi keep 3 and 2 entries
      And Leo from Birch can keep 5 entries

    @integration
    Scenario: A company at its ceiling may still change, end and replace what it has
      Given an instance that lets a company keep 5 entries
      And Dana from Acme keeps 5 entries
      When she changes "entry 1" and removes "entry 2"
      Then she can keep one entry more, but not two

    @integration
    Scenario: What has ended makes room at once
      Given an instance that lets a company keep 5 entries
      And Dana from Acme keeps 5 entries
      When all her entries have come to their end unread
      Then she can keep 5 entries again

    @integration
    Scenario: A company's bytes have a ceiling too
      Given an instance that lets a company keep 3,000 bytes
      When Dana from Acme keeps the entries "one", "two" and "three" of 900 bytes each, a second apart
      Then this is refused as "state_quota_exceeded"
      And she keeps "two, one"

    @integration @hard
    Scenario: 20,000 questions for entries that never existed leave Redis no larger
      Given Dana from Acme has noted "compare prices" in the thread "Q3 spend"
      When she asks 20,000 times for entries that never existed
      Then Redis holds as many keys of her company as before

    @integration
    Scenario Outline: A list finds exactly what was asked: <case>
      Given Dana from Acme keeps "a*", "a1", "b1" and later "a2" in the thread "Q3 spend" and "a3" in the thread "Q4 plan"
      When she lists <question>
      Then she is shown "<found>"

      Examples:
        | case                           | question                                    | found              |
        | everything                     | everything                                  | a3, a2, b1, a1, a* |
        | by thread                      | the thread "Q4 plan"                        | a3                 |
        | by prefix                      | the thread "Q3 spend" from "a" on           | a2, a1, a*         |
        | by prefix of all threads       | every thread from "a" on                    | a3, a2, a1, a*     |
        | wildcards are taken literally  | the thread "Q3 spend" from "a*" on          | a*                 |
        | changed since                  | everything changed since the last addition  | a3, a2             |

    @integration
    Scenario Outline: A page is read on with its mark alone: <case>
      Given Dana from Acme has listed the first of her 60 entries
      When she reads on <how>
      Then <outcome>

      Examples:
        | case                  | how                        | outcome                                                |
        | as it was given       | with its mark              | she is shown the other 10                              |
        | altered               | with its mark altered      | this is refused as "state_invalid_query" about "cursor" |
        | for another question  | with its mark elsewhere    | this is refused as "state_invalid_query" about "cursor" |
        | within 15 minutes     | after 899,999 milliseconds | she is shown the other 10                              |
        | out of date           | after 900,000 milliseconds | this is refused as "state_invalid_query" about "cursor" |

    @unit
    Scenario Outline: A page of a senseless size is refused: <case>
      Given an instance that has not asked Redis for anything
      When Dana from Acme lists pages of <case>
      Then this is refused as "state_invalid_query" about "limit"

      Examples:
        | case |
        | 0    |
        | 201  |
        | 1.5  |

    @integration @hard
    Scenario: 900 entries listed page by page while others write: each that stood throughout appears exactly once
      Given Dana from Acme keeps 900 entries
      When she lists them page by page while others change, add and remove entries
      Then each of the 800 that stood throughout was shown exactly once
