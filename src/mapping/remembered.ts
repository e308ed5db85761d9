/**
 * The same function with its answers remembered by the text that was asked for, for the few texts that come again and again.
 * It forgets them all when there are `most`, so that documents from outside cannot fill the memory.
 */
export function remembered<Answer extends string | object>(
  most: number,
  answerTo: (text: string) => Answer,
): (text: string) => Answer {
  const answers = new Map<string, Answer>();
  return (text) => {
    const known = answers.get(text);
    if (known !== undefined) return known;
    const answer = answerTo(text);
    if (answers.size >= most) answers.clear();
    answers.set(text, answer);
    return answer;
  };
}
