// How much the matchers of the usual libraries say: from "it is there" to "it is exactly this".
import type { Strength } from './reading.ts';

const exact = `tobe toequal tostrictequal equal equals strictequal deepequal deepstrictequal looseequal eql eq same
  samedeepmembers samemembers is deep identical
  assertequal assertequals asserteq assertis assertsame assertdictequal assertlistequal assertsetequal asserttupleequal
  assertmultilineequal assertcountequal assertsequenceequal assertarrayequal assertarrayequals assertiterableequals
  assertlinesmatch assertidentical isequalto issameas isequalcomparingtofieldbyfield containsexactly containsexactlyelementsof
  containsexactlyinorder equalto exactly equalvalues jsoneq deepeq diff tobenull tobeundefined tobenan isnull isnone assertisnone
  assertnull nil null isempty empty assertempty tohavebeencalledwith tohavebeencalledtimes tohavebeenlastcalledwith
  tohavebeennthcalledwith calledwith calledonce assertcalledwith assertcalledonce assertcalledoncewith assertnotcalled
  asserthascalls tohavelength lengthof len hassize havelength tothrow tothrowerror throws throw rejects assertraises
  assertraisesregex assertthrows assertthrowsexactly raises warns assertwarns assertlogs panics noterror noerror assertdoesnotthrow
  doesnotthrow nothrow tomatchsnapshot tomatchinlinesnapshot assertsnapshot assertdebugsnapshot snapshot toreturnwith
  errorcontains erroris errorequal eqerror istrue isfalse true false tobetrue tobefalse assertnoerror`;

const partial = `tomatchobject tocontain tocontainequal tomatch match matches include includes includemembers contains contain
  containing assertin assertregex assertregexpmatches assertcontains assertmatches elementsmatch subset containssubset
  isin startswith endswith hasprefix hassuffix starts assertincludes containskey containsentry hasmessagecontaining
  assertstringcontains regexp keys haskeys property haveproperty tohaveproperty tobeinstanceof instanceof instance isinstance
  isinstanceof assertisinstance assertinstanceof istype tobetypeof typeof a an tobecloseto closeto approximately
  assertalmostequal assertalmostequals almostequal assertallclose allclose isclose indelta inepsilon iscloseto within
  assertapproxequal assertmatch assertmatchsnapshot containsall containsanyof anyof hasitem hasitems assertdictcontainssubset
  stringcontaining objectcontaining arraycontaining`;

const order = `tobegreaterthan tobegreaterthanorequal tobelessthan tobelessthanorequal above below atleast atmost least most gt gte
  lt lte assertgreater assertgreaterequal assertless assertlessequal greater greaterorequal less lessorequal isgreaterthan
  islessthan isbetween isatleast isatmost positive negative lessthan greaterthan isgreaterthanorequalto islessthanorequalto
  ispositive isnegative`;

const existence = `tobetruthy tobedefined ok assert asserttrue assertisnotnone assertnotnull assertnotequal assertnotequals
  assertne notequal notstrictequal notdeepequal notdeepstrictequal isnotnull isnotequalto notnull notnil notempty isnotempty
  assertnotempty exist exists tobefalsy truthy falsy notok assertnotin notcontains doesnotcontain assertisnot assertnotsame
  assertfalse isok assertok tohavebeencalled called assertcalled error asserterror`;

const strengths: ReadonlyMap<string, Strength> = new Map(
  ([exact, partial, order, existence] as const).flatMap((names, index) =>
    names.split(/\s+/).map((name) => [name, (4 - index) as Strength] as const),
  ),
);

/** Undefined for a name that no library that we know gives to a matcher. */
export function strengthOf(matcher: string): Strength | undefined {
  return strengths.get(matcher.toLowerCase().replaceAll('_', ''));
}

/** What meets anything, in the words of the usual libraries. */
export const wildcard =
  /\bexpect\.any(?:thing)?\(|\bmock\.ANY\b|(?<![\w.])ANY\b|\bmock\.Anything(?:OfType)?\b|\b(?:objectContaining|stringContaining|arrayContaining)\(|\bsinon\.match\.any\b|\bany(?:thing)?\(\)|\bMatchers\.any\(/g;

/** Catches whatever is thrown. */
export const anyError: ReadonlySet<string> = new Set([
  'Exception',
  'BaseException',
  'Error',
  'Throwable',
  'Exception.class',
  'Throwable.class',
  'RuntimeException.class',
]);
