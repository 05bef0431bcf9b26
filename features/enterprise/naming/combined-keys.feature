@enterprise @id-manager
Feature: Combined keys cannot be forged or confused
  Records of many companies lie side by side under keys made of several parts. Parts that could pose as other parts would
  let one company's text reach into another company's records.

  Business value:
    Segment: Enterprise
    Goal: Risk reduction
    Impact: No text a customer can type ever reaches, or removes, records of somebody else
    Revenue: enterprise

  @ID-06
  Rule: Combined keys cannot be forged or confused

    @unit @hard
    Scenario Outline: Different parts never give the same key: <case>
      When keys are made of <look-alikes>
      Then the keys are "<one>" and "<other>"
      And each key splits into exactly the parts it was made of

      Examples:
        | case                             | look-alikes                       | one          | other       |
        | colon in a part                  | a:b and c, or a and b:c           | a%3Ab:c      | a:b%3Ac     |
        | percent sign                     | 5% and 5%25                       | 5%25         | 5%2525      |
        | already encoded text             | a:b and a%3Ab                     | a%3Ab        | a%253Ab     |
        | star                             | a and a*                          | a            | a%2A        |
        | line break                       | a and a with a line break         | a            | a%0A        |
        | composed and decomposed accents  | é in one sign and in two          | %C3%A9       | e%CC%81     |
        | parts shifted by one letter      | ab and c, or a and bc             | ab:c         | a:bc        |
        | signs that other systems read    | a.b and !'()~                     | a%2Eb        | %21%27%28%29%7E |
        | letters, digits, _ and -         | Az09_- and [?]                    | Az09_-       | %5B%3F%5D   |

    @unit @hard
    Scenario: Any key splits into exactly the parts it was made of
      When 500 keys are made of arbitrary parts
      Then each key splits into exactly the parts it was made of
      And no two different lists of parts share a key

    @unit @hard
    Scenario Outline: A broken key or part is refused: <case>
      When the <thing> "<text>" is used
      Then it is refused as "id_bad_key" about "<thing>"
      And the person is told '"<thing>"' and '<told>'

      Examples:
        | case                    | thing | text                    | told                                      |
        | empty part              | part  |                         | must have 1 to 128 characters.            |
        | part of 129 characters  | part  | 129 letters             | must have 1 to 128 characters.            |
        | half a character        | part  | half an emoji           | must be well-formed text.                 |
        | empty key               | key   |                         | is broken; build keys with composeKey only. |
        | empty part in a key     | key   | a::b                    | is broken; build keys with composeKey only. |
        | broken escape           | key   | a%zz                    | is broken; build keys with composeKey only. |
        | cut escape              | key   | %C3                     | is broken; build keys with composeKey only. |
        | needless escape         | key   | %41                     | is spelt in another way than composeKey writes it. |
        | escape in small letters | key   | a%3ab                   | is spelt in another way than composeKey writes it. |
        | sign that needs escape  | key   | a b                     | is spelt in another way than composeKey writes it. |

    @unit
    Scenario: A part of 128 characters is the longest there is
      When a key is made of a part of 128 letters
      Then each key splits into exactly the parts it was made of

    @integration @hard @state-manager
    Scenario Outline: Removing everything of one owner leaves look-alike owners untouched: <case>
      Given "<owner>" and "<look-alike>" each keep 3 records side by side
      When everything of "<owner>" is removed
      Then nothing of "<owner>" is left and all 3 records of "<look-alike>" are

      Examples:
        | case                        | owner  | look-alike |
        | name that begins alike      | Acme   | Acme2      |
        | name with a colon           | Acme   | Acme:1     |
        | name that is a search pattern | A*   | Acme       |
