@enterprise @auth
Feature: API keys
  Enterprise customers connect their own programs: usage flows in at night, reports flow out. Each program gets a key that
  opens no more than it needs, and that is worth nothing from the second in which it is revoked.

  Business value:
    Segment: Enterprise
    Goal: Expansion
    Impact: Programs work unattended, and a key that leaked is closed at once
    Revenue: enterprise

  @AU-12
  Rule: Programs have their own keys

    @e2e
    Scenario Outline: A program does what its key was made for, and nothing else: <case>
      Given Ada from Acme has made an API key for "<scope>"
      When a program with that key tries everything
      Then it may <allowed>, and is refused everything else because the right to it is missing

      Examples:
        | case             | scope       | allowed                    |
        | reporting usage  | usage:write | report usage               |
        | reading usage    | usage:read  | read usage                 |
        | using the chat   | chat:use    | open threads, list threads |

    @e2e
    Scenario: A program chats on a live connection, until its key is revoked
      Given Ada from Acme has made an API key for "chat:use"
      And a program with that key is connected
      When Ada revokes the key
      Then within 2 seconds calls and live connection of the program end because the key is not valid

    @e2e @operations @hard
    Scenario: A revoked key is refused on every instance, even while instances cannot hear of each other
      Given an instance of the platform is serving that can be cut off from Redis
      And Ada from Acme has made an API key for "chat:use"
      And a program with that key is connected there
      And Redis has become unreachable
      When Ada revokes the key
      Then within 2 seconds calls and live connection of the program end because the key is not valid

    @e2e
    Scenario: A key is shown once, and listed with what it may and when it ends
      When Ada from Acme makes an API key for "usage:read"
      Then Ada's list shows the key with "usage:read", for 90 days, and not its secret

    @e2e @hard
    Scenario Outline: A key may never do more than the person who made it: <case>
      Given Ada from Acme has made an API key for "reports:publish"
      When Olga from Acme <changes>
      Then within 2 seconds calls of the program are refused because <reason>

      Examples:
        | case    | changes                      | reason                     |
        | demoted | makes Ada member             | the right to it is missing |
        | removed | removes Ada from the company | the key is not valid       |

    @e2e @hard
    Scenario Outline: Keys are made and seen by administrators alone, each company its own: <case>
      Given Ada from Acme has made an API key for "usage:read"
      When <somebody> tries to make, list and revoke a key of Acme
      Then they are told <answers>

      Examples:
        | case            | somebody       | answers                                     |
        | a member        | Dana from Acme | three times that the right to it is missing |
        | another company | Leo from Birch | of none that is not their own               |
