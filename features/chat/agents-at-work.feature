@chat @agent-registry
Feature: Specialists at work for one customer
  A customer's question is worked on by specialists who see that customer's rows alone, may use what that person may
  use, and show no more than is safe. One broken specialist must not silence the others.

  Business value:
    Segment: Early, Mid, Enterprise
    Goal: Risk reduction
    Impact: Nobody sees, steers or stops anybody else's answers, and rights that were taken away are gone at once
    Revenue: chat

  @AG-05
  Rule: The catalogue is complete, unambiguous and honest

    @unit
    Scenario: Five kinds are offered, and an unknown kind is named together with what exists
      When the catalogue is asked for the kind "astrology"
      Then it is refused as "agent_unavailable" because 'There is no agent "astrology". There are: triage, data, optimisation, action-planning, reporting.'
      And the catalogue reads:
        | kind            | title                                                    | tags       | tools                     |
        | triage          | Judges whether the recorded usage can answer the question | routing    | usage_coverage            |
        | data            | Adds up what was used and what it cost                   | usage, cost | usage_summary, usage_breakdown, price_list |
        | optimisation    | Finds what was paid for without need                     | savings    | find_savings              |
        | action-planning | Puts the savings into an order of work                   | plan       |                           |
        | reporting       | Writes down the answer, with every figure it rests on    | report     |                           |

    @unit
    Scenario: Every tool says which right it needs, and how long it may take
      When the catalogue is asked for the tool "delete_everything"
      Then it is refused as "tool_unknown" because 'There is no tool "delete_everything". There are: usage_coverage, usage_summary, usage_breakdown, price_list, find_savings.'
      And the tools read:
        | tool           | needs      | seconds |
        | usage_coverage | usage:read | 10      |
        | usage_summary  | usage:read | 10      |
        | usage_breakdown | usage:read | 10     |
        | price_list     | usage:read | 10      |
        | find_savings   | usage:read | 10      |

    @unit
    Scenario Outline: A bad definition is refused with its reason and the others stay: <case>
      When a catalogue is made with <case>
      Then "<name>" is refused as "<code>" because '<reason>'
      And the others stay

      Examples:
        | case                       | name          | code            | reason                                                       |
        | a kind registered twice    | data          | agent_duplicate | "data" is registered twice; the first one stays.             |
        | an agent without a factory | data          | agent_invalid   | The agent "data" has no factory.                             |
        | an agent of no known kind  | astrology     | agent_invalid   | "astrology" is not a kind of agent.                          |
        | an agent with a limit of 0 | data          | agent_invalid   | The agent "data" has no time limit above zero.               |
        | an agent with a strange tool | data        | agent_invalid   | The agent "data" lists the unknown tool "crystal_ball".      |
        | a tool registered twice    | price_list    | agent_duplicate | "price_list" is registered twice; the first one stays.       |
        | a tool of no known name    | crystal_ball  | agent_invalid   | "crystal_ball" is not the name of a tool.                    |
        | a tool without a right     | price_list    | agent_invalid   | The tool "price_list" names no permission.                   |
        | a tool with a limit of 0   | price_list    | agent_invalid   | The tool "price_list" has no time limit above zero.          |

    @unit
    Scenario: A catalogue cannot be changed after it was made
      When somebody tries to change a made catalogue, an agent in it, its tools and a tool
      Then each change is refused, and what was handed in may change without effect

    @integration
    Scenario: A kind that cannot load is told to operators, and only questions that need it fail
      Given a catalogue whose optimisation has no factory
      When Dana from Acme asks the agents "Where does our money go?"
      Then the story ends once, as failed with "agent_unavailable"
      And the customer is told 'There is no agent "optimisation". There are: triage, data, action-planning, reporting.', and asking again is of no use
      And operators are told that 'The agent "optimisation" has no factory.'

  @AG-06
  Rule: Every run has its own agents, and nobody else's

    @integration @hard
    Scenario Outline: Reading or stopping a run that is not yours looks like a run that does not exist: <case>
      Given the optimisation of Dana from Acme is held up
      When <person> reads and stops <run>
      Then each time the refusal is "run_not_found" about "runId": "There is no such run."
      And the run stays where it is

      Examples:
        | case             | person         | run                      |
        | a colleague's    | Ravi from Acme | Dana's run               |
        | another tenant's | Leo from Birch | Dana's run               |
        | never created    | Dana from Acme | a run that nobody started |

    @integration @hard
    Scenario: No sequence of asking, reading and stopping by Acme changes anything that Birch can observe
      Given the optimisation of Leo from Birch is held up
      When Dana from Acme tries 6 sequences of asking, reading, stopping and fetching, with names of her own and of Leo
      Then nothing of Leo was answered, and nothing that he can see has changed

    @integration
    Scenario: One's own run reads as it stands
      Given the optimisation of Dana from Acme is held up
      When she reads the run
      Then it reads as "Where does our money go?", "running", begun and not ended
      And 1 run is under way on the first instance

    @integration @hard
    Scenario: An agent that is slow to build for one customer delays no other
      Given a triage that is slow to build for questions about patience
      And Leo from Birch asks the agents "Does patience save money?"
      When Dana from Acme asks the agents "Where does our money go?"
      Then the story has one ending, and the run is over as "completed"

    @integration @hard
    Scenario: Two customers' runs at one instant read each their own customer's usage
      Given the recorded usage is 1,500 calls on 7 days:
        | provider | model | calls | spend     |
        | openai   | large | 1,500 | 2,000 USD |
      When Dana from Acme and Leo from Birch ask the agents "Where does our money go?" at one instant
      Then each of them has an answer of their own
      And as much was read for Acme as for Birch, each with its own name

    @integration @hard
    Scenario: A hundred people of ten companies ask at once, and each answer is about their own company's usage
      Given each of 10 companies has usage of its own
      When 10 people of each of the 10 companies ask at one instant, through two instances
      Then each of the 10 companies has 10 answers about its own usage, and nobody else's

    @integration @hard
    Scenario: Data handed to a step or returned by it cannot be altered later by either side
      Given specialists that alter what they were handed and what they returned, and speak after their step
      When Dana from Acme asks the agents "Where does our money go?"
      Then every reading was about the period "2025-08-11T09:00:00.000Z to 2025-09-10T09:00:00.000Z"
      And whoever spoke late was told "This step is over."
