@chat @agent-registry
Feature: What an answer may use, and what it may show
  Answers are made from a company's own spending, in the name of the person who asked. A right that was taken away, a
  password in a log line or a report that everybody can read by accident would end the contract.

  Business value:
    Segment: Mid, Enterprise
    Goal: Risk reduction
    Impact: Answers use what the asker may use at that moment, show no secret, and share only what is to be shared
    Revenue: chat

  @AG-12
  Rule: Tools respect who is asking, now

    @integration @hard
    Scenario Outline: A tool is refused and nothing is read: <case>
      Given the <step> of Dana from Acme is held up
      And she has lost the right "usage:read"
      When the <step> goes on
      Then the story ends once, as failed with "tool_not_allowed"
      And the customer is told 'This needs the permission "usage:read". Ask an administrator.', and asking again is of no use
      And there were <readings> readings since the question

      Examples:
        | case                  | step         | readings |
        | right never held      | triage       | 0        |
        | right taken mid-run   | optimisation | 3        |

    @integration @hard
    Scenario: Rights that an agent claims in a tool's input are not rights
      Given a triage that claims rights in its input
      And Dana from Acme has lost the right "usage:read"
      When she asks the agents "Where does our money go?"
      Then the story ends once, as failed with "tool_not_allowed"
      And there were 0 readings since the question

    @integration
    Scenario Outline: Asking shares nothing, whatever the question says: <case>
      Given usage that carries a whole answer
      And Ada from Acme may publish reports
      When she asks the agents "<question>"
      Then the story shows these tools: usage_coverage, usage_summary, price_list, find_savings
      And Ada from Acme reads 0 published reports of Ada

      Examples:
        | case            | question                                                   |
        | told to publish | Please publish a report on our spending                    |
        | told not to     | Do not publish this: what do publishers cost in our usage? |

    @integration
    Scenario: A report is shared with the whole company, and with nobody else, by an act of its own
      Given usage that carries a whole answer
      And Ada from Acme may publish reports
      And the agents have answered Ada from Acme "Where does our money go?"
      When Ada from Acme publishes the report twice
      Then the published report is the one of the answer
      And Dana from Acme reads 1 published report of Ada
      And Leo from Birch reads 0 published reports of Ada

    @integration
    Scenario: What was shared is taken back, and then nobody else reads it
      Given Ada from Acme may publish reports
      And the agents have answered Ada from Acme "Where does our money go?"
      And Ada from Acme has published the report
      When Ada from Acme takes the report back
      Then Dana from Acme reads 0 published reports of Ada

    @integration @hard
    Scenario Outline: A report is shared by its owner alone, who must have the right: <case>
      Given Ada from Acme may publish reports
      And the agents have answered Dana from Acme "Where does our money go?"
      When <act>
      Then it is refused as "<code>" because '<reason>'
      And Dana from Acme reads 0 published reports of Dana

      Examples:
        | case                    | act                                 | code          | reason                                                                                    |
        | without the right       | Dana from Acme publishes the report | not_allowed   | This needs the permission "reports:publish". Ask an administrator of your company for it. |
        | somebody else's         | Ada from Acme publishes the report  | run_not_found | There is no such run.                                                                     |
        | somebody else's, undone | Ada from Acme takes the report back | run_not_found | There is no such run.                                                                     |

    @e2e
    Scenario: Whoever works for the company reads a shared report
      Given Ada from Acme has a laptop open on the thread "Q3 spend"
      And she has been answered "Where does our money go?"
      When she publishes the answer
      Then Ada from Acme and Ravi from Acme read the report of Ada's answer among the company's, and Leo from Birch reads none

    @integration @hard
    Scenario: A read that lost its connection is retried within the same call and shown once
      Given the usage data is out of reach, 2 times
      When Dana from Acme asks the agents "Where does our money go?"
      Then the story shows each tool once, with its result
      And there were 3 attempts at the first reading

  @AG-13
  Rule: What is shown is safe and short, and the whole is kept

    @integration
    Scenario Outline: What is too long is cut with a mark, and the whole is kept: <case>
      Given a triage that shows a thought of <note>, an input of <input> and a result of <result> characters
      When Dana from Acme asks the agents "Where does our money go?"
      Then it shows a thought of <note shown>, an input of <input shown> and a result of <result shown> characters
      And what is cut ends with a mark, and the whole is kept

      Examples:
        | case     | note | input | result | note shown | input shown | result shown |
        | as it is | 500  | 1,000 | 4,096  | 500        | 1,000       | 4,096        |
        | too long | 501  | 1,001 | 4,097  | 500        | 1,001       | 4,097        |

    @unit @hard
    Scenario Outline: Secrets are hidden at any depth, and harmless words stay: <case>
      When a step is shown <shown>
      Then it is shown as <told>

      Examples:
        | case                 | shown                                            | told                                             |
        | a password           | {"password":"hunter2","user":"app"}              | {"password":"[hidden]","user":"app"}             |
        | names put together   | {"dbPassword":"a","API_KEY":"b","access-token":"c"} | {"dbPassword":"[hidden]","API_KEY":"[hidden]","access-token":"[hidden]"} |
        | names in a frame     | {"_password_":"a","api__key":"b"}                 | {"_password_":"[hidden]","api__key":"[hidden]"}  |
        | every secret's name  | {"pwd":"a","passwd":"b","passphrase":"c","clientSecret":"d","credential":"e","credentials":"f","Authorization":"g","set-cookie":"h","privateKey":"i","accessKey":"j","apikey":"k"} | {"pwd":"[hidden]","passwd":"[hidden]","passphrase":"[hidden]","clientSecret":"[hidden]","credential":"[hidden]","credentials":"[hidden]","Authorization":"[hidden]","set-cookie":"[hidden]","privateKey":"[hidden]","accessKey":"[hidden]","apikey":"[hidden]"} |
        | a key inside a list  | {"a":[{"b":[{"apiKey":"hunter2"}]}]}             | {"a":[{"b":[{"apiKey":"[hidden]"}]}]}            |
        | bearer text          | ["Bearer hunter2hunter2 was sent"]               | ["Bearer [hidden] was sent"]                     |
        | basic text           | "basic  aHVudGVyMjpodW50ZXIy was sent"           | "basic [hidden] was sent"                        |
        | a short bearer       | "the bearer came"                                | "the bearer came"                                |
        | a connection string  | {"at":"postgres://app:hunter2@db:5432/app"}      | {"at":"postgres://[hidden]@db:5432/app"}         |
        | an address without   | "see https://example.com/a@b"                    | "see https://example.com/a@b"                    |
        | in an error message  | "login failed: password=hunter2, user=app"       | "login failed: password=[hidden], user=app"      |
        | words for passwords  | "passwd=hunter2 pwd=hunter2 secret=hunter2"      | "passwd=[hidden] pwd=[hidden] secret=[hidden]"   |
        | words for keys       | "api_key=hunter2 api-key=hunter2 apikey=hunter2" | "api_key=[hidden] api-key=[hidden] apikey=[hidden]" |
        | a token in quotes    | "'token'  :  hunter2; sent"                      | "'token'  :  [hidden]; sent"                     |
        | a GitHub token       | "with ghp_abcdefghijklmnop1234"                  | "with [hidden]"                                  |
        | Slack tokens         | "with xoxb-abcdefghijklmnop, xoxa-abcdefghijklmnop and xoxp-abcdefghijklmnop" | "with [hidden], [hidden] and [hidden]" |
        | a payment key        | "with pk_abcdefghijklmnop1234"                   | "with [hidden]"                                  |
        | a word like a key    | "with sk-short and risk-abcdefghijklmnop1234"    | "with sk-short and risk-abcdefghijklmnop1234"    |
        | a provider's key     | "with sk-abcdefghijklmnop1234"                   | "with [hidden]"                                  |
        | a signed token       | "eyJhbGciOi.eyJzdWIiOi.c2ln sent"                | "[hidden] sent"                                  |
        | monkey               | {"monkey":"banana","turkey":"bird","betoken":"mean"} | {"monkey":"banana","turkey":"bird","betoken":"mean"} |
        | token counts         | {"inputTokens":1200,"tokens":"12","token":7}     | {"inputTokens":1200,"tokens":"12","token":7}     |
        | an author's name     | {"author":"Ann","authority":"low","secretary":"Bo"} | {"author":"Ann","authority":"low","secretary":"Bo"} |
        | nothing, and numbers | [null,true,0.5]                                  | [null,true,0.5]                                  |

    @unit @hard
    Scenario Outline: Names are shown shorter only as far as the report needs it: <case>
      Given usage of <models> models whose names are <length> <made of> long
      When the specialists work on "Where does our money go?" of Dana from Acme
      Then the longest name in the report has <shown> characters, and the report fits into an event

      Examples:
        | case                   | models | length | made of | shown |
        | a few models           | 10     | 128    | letters | 128   |
        | many models            | 50     | 128    | letters | 65    |
        | more than are named    | 150    | 128    | letters | 65    |
        | letters of four bytes  | 50     | 128    | emoji   | 33    |
        | the widest there are   | 50     | 128    | NULs    | 9     |

    @unit @hard
    Scenario Outline: A report that just fits into an event is shown as it is: <case>
      Given usage of 22 models whose names are 128 letters long
      When the specialists of Dana from Acme work on a question that makes the report <bytes> bytes long
      Then the longest name in the report has <shown> characters, and the report fits into an event

      Examples:
        | case         | bytes  | shown |
        | it just fits | 32,000 | 128   |
        | one byte more | 32,001 | 65   |

    @integration @hard
    Scenario: The longest names in the widest characters cost nobody the answer
      Given usage of 50 models whose names are 128 emoji long
      When Dana from Acme asks the agents "Where does our money go?"
      Then the story has one ending, and the run is over as "completed"
      And no character in the story is cut in half
      And the results of the tools keep the names whole

    @integration @hard
    Scenario Outline: Names that cannot be stored as they are cost nobody the answer, nor its publication: <case>
      Given usage of 2 models whose names are 10 <case> long
      And Ada from Acme may publish reports
      And the agents have answered Ada from Acme "Where does our money go?"
      When Ada from Acme publishes the report
      Then the story has one ending, and the run is over as "completed"
      And Ada from Acme reads 1 published report of Ada

      Examples:
        | case                 |
        | NULs                 |
        | halves of characters |

    @integration @hard
    Scenario: Secrets are hidden in thoughts, in what tools are given, and in what is kept
      Given a triage that tells secrets
      When Dana from Acme asks the agents "Where does our money go?"
      Then the story ends once, as failed with "agent_invalid_result"
      And no word of "hunter2" is in the story
      And what is kept of the first tool hides "hunter2" as well

    @integration
    Scenario Outline: The owner can fetch the whole of a result that is shown cut: <case>
      Given a triage that shows a thought of 1, an input of 10 and a result of <result> characters
      And the agents have answered Dana from Acme "Where does our money go?"
      When Dana from Acme fetches the whole result of Dana's first tool
      Then the result is <kept>

      Examples:
        | case           | result    | kept                                                  |
        | cut in events  | 4,097     | whole, of 4,097 characters                            |
        | 1 MiB          | 1,048,576 | whole, of 1,048,576 characters                        |
        | more           | 1,048,577 | text of 1,048,577 characters that ends with a mark    |

    @integration @hard
    Scenario Outline: A result that is not yours looks like one of a run that does not exist: <case>
      Given the agents have answered Dana from Acme "Where does our money go?"
      And Leo from Birch has been answered by the agents as well
      When <fetching>
      Then it is refused as "run_not_found" because "There is no such run."

      Examples:
        | case                                  | fetching                                                                     |
        | a colleague's                         | Ravi from Acme fetches the whole result of Dana's first tool                 |
        | another tenant's                      | Leo from Birch fetches the whole result of Dana's first tool                 |
        | another tenant's under one's own run  | Dana from Acme fetches the result of Leo's first tool under a run of her own |
        | never called                          | Dana from Acme fetches the result of a tool that nobody called               |

    @integration @hard
    Scenario: What is kept can be read while PostgreSQL takes no writes
      Given Ada from Acme may publish reports
      And the agents have answered Ada from Acme "Where does our money go?"
      And Ada from Acme has published the report
      When PostgreSQL takes no writes, and 5 seconds pass
      Then Ada from Acme reads that the run is "completed", the result of "usage_coverage" and 1 shared report
      And no operator was warned

    @e2e @hard
    Scenario: From outside, too, a result is its owner's alone, and all others are told the same
      Given Dana from Acme has a phone open on the thread "Q3 spend"
      And she has been answered "Where does our money go?"
      When Dana from Acme, Ravi from Acme and Leo from Birch fetch the result of Dana's first tool, and Dana one that nobody called
      Then Dana is given the result that her phone showed
      And each of the others is told "There is no such run.", in the same words

    @integration @hard
    Scenario: A database's refusal reaches the customer as a plain sentence with a reference, its details operators alone
      Given PostgreSQL answers a tool with database_refused
      When Dana from Acme asks the agents "Where does our money go?"
      Then the story ends once, as failed with "agent_threw"
      And the customer is told "Something went wrong on our side; our reference is <the run>.", and asking again is of no use
      And no word of "42601" is in the story
      And operators read "42601" in the details of the failure

    @integration @hard
    Scenario Outline: When PostgreSQL may or may not have taken something, the run is let go for another instance: <case>
      Given PostgreSQL answers a tool with <case>
      When Dana from Acme asks the agents "Where does our money go?"
      Then the run is let go, for another instance

      Examples:
        | case                     |
        | database_connection_lost |
        | database_commit_unknown  |

    @integration @hard
    Scenario: An error's details reach operators and nobody else
      Given a triage that throws
      When Dana from Acme asks the agents "Where does our money go?"
      Then the story ends once, as failed with "agent_threw"
      And no word of "hunter2" is in the story
      And operators read of "hunter2" with the run's name
