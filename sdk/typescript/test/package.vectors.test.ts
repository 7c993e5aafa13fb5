import { testContract } from "./contract.js";
import { library } from "./package.js";

testContract(library);
