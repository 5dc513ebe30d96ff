// Numbers that can be checked without a network (GB 11643, ISO 7064 MOD 11-2; card numbers are read again by the server).

const CHECK = "10X98765432", LENGTH = 18;

export const compact = (typed) => typed.normalize("NFKC").replace(/[\s'\-\u200b\u200e\u200f\ufeff]/g, "").toUpperCase();

export function idNumberWrong(typed) {
  const plain = compact(typed);
  if (!/^[0-9]{17}[0-9X]$/.test(plain)) return "证件号码应为18位 · An ID number has 18 characters";
  let sum = 0;
  for (let place = 0; place < LENGTH - 1; place++) sum += plain[place] * (2 ** (LENGTH - 1 - place) % 11);
  return CHECK[sum % 11] === plain[LENGTH - 1] ? "" : "证件号码的校验位不对，请对照证件重新填写 · The check digit is wrong: type it again from the document";
}
