internal import Dispatch
internal import FuzzProperties
internal import Glibc

/// The subject that `FUZZ_SUBJECT` names; an environment variable, because libFuzzer starts itself again with its own
/// arguments only.
private let subject: FuzzSubject = {
    let name = unsafe getenv("FUZZ_SUBJECT").map { unsafe String(cString: $0) } ?? ""
    guard let subject = FuzzSubject(rawValue: name) else {
        let known = FuzzSubject.allCases.map(\.rawValue).joined(separator: ", ")
        fatalError("set FUZZ_SUBJECT to one of \(known), not to \"\(name)\"")
    }
    return subject
}()

/// What libFuzzer calls for every input; a broken property ends the process, which libFuzzer records.
///
/// - SeeAlso: LLVM, "libFuzzer – a library for coverage-guided fuzz testing", section "Fuzz Target".
@c(LLVMFuzzerTestOneInput)
func checkOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let input = unsafe Array(UnsafeBufferPointer(start: bytes, count: count))
    let isDone = DispatchSemaphore(value: 0)
    // libFuzzer is C and calls from its own thread, which belongs to no task: waiting here holds nobody up.
    Task {
        do throws(Violation) {
            try await subject.check(input)
        } catch {
            fatalError("\(subject.rawValue) breaks a property: \(error)")
        }
        isDone.signal()
    }
    isDone.wait()
    return 0
}
